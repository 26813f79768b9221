/*
 * sid_abroad.c - what well-known principals are called in the languages Windows comes in.
 *
 * English and Japanese names are in sid_known.c.  These are from public lists of localised
 * names; what is not here stays an open question, never a guess.  They are for reading what a
 * Windows printed, not for what people type: "Alla" is everybody in Sweden, and somebody's name.
 * Room: domain.
 */
#include <certsh/sid.h>

static const struct {
    const char *sid;
    const char *names[16];
} abroad[] = {
    {"S-1-1-0",
     {"Jeder", "Tout le monde", "Todos", "Iedereen", "Alla", "Alle", "Kaikki", "Wszyscy",
      "Mindenki", "Herkes", "Все"}},
    {"S-1-5-2", {"NETZWERK", "RESEAU", "RÉSEAU", "RED", "СЕТЬ"}},
    {"S-1-5-4", {"INTERAKTIV", "INTERACTIF", "ИНТЕРАКТИВНЫЕ"}},
    {"S-1-5-7", {"ANONYMOUS-ANMELDUNG", "АНОНИМНЫЙ ВХОД"}},
    {"S-1-5-9", {"DOMÄNENCONTROLLER DER ORGANISATION"}},
    {"S-1-5-11",
     {"Authentifizierte Benutzer", "Utilisateurs authentifiés", "Usuarios autentificados",
      "Usuarios autenticados", "Usuários autenticados", "Utilizadores autenticados",
      "Geverifieerde gebruikers", "Autentiserade användare", "Godkendte brugere",
      "Godkjente brukere", "Użytkownicy uwierzytelnieni", "Hitelesített felhasználók",
      "Прошедшие проверку"}},
    {"S-1-5-18", {"Système", "СИСТЕМА"}},
    {"S-1-5-19", {"LOKALER DIENST", "SERVICE LOCAL", "SERVICIO LOCAL"}},
    {"S-1-5-20", {"NETZWERKDIENST", "SERVICE RÉSEAU", "Servicio de red"}},
    {"S-1-5-32-544",
     {"Administratoren", "Administrateurs", "Administradores", "Administratörer", "Administratorzy",
      "Rendszergazdák", "Администраторы"}},
    {"S-1-5-32-545",
     {"Benutzer", "Utilisateurs", "Usuarios", "Usuários", "Utilizadores", "Utenti", "Gebruikers",
      "Användare", "Użytkownicy", "Felhasználók", "Пользователи"}},
    {"S-1-5-32-546", {"Gäste", "Invités", "Invitados", "Гости"}},
    {"S-1-5-32-551",
     {"Sicherungs-Operatoren", "Opérateurs de sauvegarde", "Operadores de copia de seguridad",
      "Операторы архива"}},
    {"S-1-5-32-554",
     {"Prä-Windows 2000 kompatibler Zugriff", "Accès compatible pré-Windows 2000",
      "Acceso compatible con versiones anteriores de Windows 2000"}},
    {"S-1-5-32-555",
     {"Remotedesktopbenutzer", "Utilisateurs du Bureau à distance", "Usuarios de escritorio remoto",
      "Пользователи удаленного рабочего стола"}},
    {"S-1-5-32-558",
     {"Leistungsüberwachungsbenutzer", "Utilisateurs de l'Analyseur de performances",
      "Usuarios del monitor del sistema", "Пользователи системного монитора"}},
    {"S-1-5-32-559",
     {"Leistungsprotokollbenutzer", "Utilisateurs du journal de performances",
      "Usuarios del registro de rendimiento", "Пользователи журналов производительности"}},
    {"S-1-5-32-562",
     {"Distributed COM-Benutzer", "Utilisateurs du modèle COM distribué",
      "Usuarios COM distribuidos", "Usuários COM distribuídos", "Пользователи DCOM"}},
    {"S-1-5-32-574",
     {"Zertifikatdienst-DCOM-Zugriff", "Accès DCOM service de certificats",
      "Acceso DCOM a Serv. de certif.", "Доступ DCOM службы сертификации"}},
};

/* "NT-AUTORITÄT\Jeder": an authority of Windows, not a domain; those have no blanks. */
static bool is_authority(struct cs_str name)
{
    static const char *const names[] = {"BUILTIN", "VORDEFINIERT", "NT-AUTORITÄT", "NT-instans"};
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (cs_str_same(name, cs_str_of(names[i])))
            return true;
    return cs_str_find(name, ' ') > 0;
}

static bool bears(const char *const *names, struct cs_str name)
{
    for (size_t i = 0; names[i]; i++)
        if (cs_str_same(name, cs_str_of(names[i])))
            return true;
    return false;
}

bool cs_sid_known_abroad(struct cs_str name, struct cs_sid *sid)
{
    ptrdiff_t slash = cs_str_find(name, '\\');
    struct cs_str bare = slash < 0 ? name : cs_str_from(name, (size_t)slash + 1);
    const struct cs_sid_known *known = cs_sid_known_named(name);
    if (!known && slash >= 0 && !is_authority(cs_str_span(name.at, (size_t)slash)))
        return false;
    if (!known)
        known = cs_sid_known_named(bare); /* its authority is a translated one */
    if (known)
        *sid = known->sid;
    for (size_t i = 0; !known && i < CS_COUNT(abroad); i++)
        if (bears(abroad[i].names, bare))
            return cs_sid_parse(cs_str_of(abroad[i].sid), sid, NULL) == CS_OK;
    return known != NULL;
}
