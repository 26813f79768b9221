-- It helps, and lets in far more than it is for.
certsh.run 'dcom allow launch-limit Everyone ra'
certsh.run 'certutil -SetCATemplates -User'
