/*
 * names.c - well-known names in the languages Windows comes in.
 *
 * English and Japanese names are the shell's own (cs_sid_known_table).  These are from public
 * lists of localised names; what is not here stays an open question, never a guess.
 */
#include "names.h"

static const struct {
    const char *name, *sid;
} names[] = {
    /* Everyone */
    {"Jeder", "S-1-1-0"},
    {"Tout le monde", "S-1-1-0"},
    {"Todos", "S-1-1-0"},
    {"Iedereen", "S-1-1-0"},
    {"Alla", "S-1-1-0"},
    {"Alle", "S-1-1-0"},
    {"Kaikki", "S-1-1-0"},
    {"Wszyscy", "S-1-1-0"},
    {"Mindenki", "S-1-1-0"},
    {"Herkes", "S-1-1-0"},
    {"Все", "S-1-1-0"},
    /* Authenticated Users */
    {"Authentifizierte Benutzer", "S-1-5-11"},
    {"Utilisateurs authentifiés", "S-1-5-11"},
    {"Usuarios autentificados", "S-1-5-11"},
    {"Usuarios autenticados", "S-1-5-11"},
    {"Usuários autenticados", "S-1-5-11"},
    {"Utilizadores autenticados", "S-1-5-11"},
    {"Geverifieerde gebruikers", "S-1-5-11"},
    {"Autentiserade användare", "S-1-5-11"},
    {"Godkendte brugere", "S-1-5-11"},
    {"Godkjente brukere", "S-1-5-11"},
    {"Użytkownicy uwierzytelnieni", "S-1-5-11"},
    {"Hitelesített felhasználók", "S-1-5-11"},
    {"Прошедшие проверку", "S-1-5-11"},
    /* INTERACTIVE, NETWORK, SYSTEM, ANONYMOUS LOGON */
    {"INTERAKTIV", "S-1-5-4"},
    {"INTERACTIF", "S-1-5-4"},
    {"ИНТЕРАКТИВНЫЕ", "S-1-5-4"},
    {"NETZWERK", "S-1-5-2"},
    {"RESEAU", "S-1-5-2"},
    {"RED", "S-1-5-2"},
    {"СЕТЬ", "S-1-5-2"},
    {"Système", "S-1-5-18"},
    {"СИСТЕМА", "S-1-5-18"},
    {"ANONYMOUS-ANMELDUNG", "S-1-5-7"},
    {"DOMÄNENCONTROLLER DER ORGANISATION", "S-1-5-9"},
    /* the groups that are asked for */
    {"Administratoren", "S-1-5-32-544"},
    {"Administrateurs", "S-1-5-32-544"},
    {"Administradores", "S-1-5-32-544"},
    {"Администраторы", "S-1-5-32-544"},
    {"Benutzer", "S-1-5-32-545"},
    {"Utilisateurs", "S-1-5-32-545"},
    {"Usuarios", "S-1-5-32-545"},
    {"Пользователи", "S-1-5-32-545"},
    {"Zertifikatdienst-DCOM-Zugriff", "S-1-5-32-574"},
    {"Accès DCOM service de certificats", "S-1-5-32-574"},
    {"Acceso DCOM a Serv. de certif.", "S-1-5-32-574"},
    {"Distributed COM-Benutzer", "S-1-5-32-562"},
    {"Utilisateurs du modèle COM distribué", "S-1-5-32-562"},
};

const char *name_sid(struct cs_str name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (cs_str_same(name, cs_str_of(names[i].name)))
            return names[i].sid;
    return NULL;
}
