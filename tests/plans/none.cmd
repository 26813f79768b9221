rem nothing at all
