/*
 * windows.c - the versions of Windows this program tells apart.
 *
 * One table; what a version can do is a column of it.  Names come from everywhere: from a
 * person ("2003-sp1"), from the operatingSystem attribute with its service pack ("Windows
 * Server(R) 2008 Standard", "Windows Server 2003 Service Pack 2"), so they are brought to one
 * plain spelling and looked up in a list of words, longest first.
 *
 * Floor: domain.
 */
#include <certsh/windows.h>

#include <string.h>

/* S-1-5-32-574: MS-SAMR, MS-ADTS 6.1.1.4.12.4.  Hardened: KB5004442 reached them as updates. */
static const struct cs_windows_info versions[CS_WINDOWS_COUNT] = {
    [CS_WINDOWS_UNKNOWN] = {CS_WINDOWS_UNKNOWN, "unknown", "Windows, version not known", false,
                            false, false, false},
    [CS_WINDOWS_2000] = {CS_WINDOWS_2000, "2000", "Windows 2000 Server", true, false, false, false},
    [CS_WINDOWS_XP] = {CS_WINDOWS_XP, "xp", "Windows XP", false, false, false, false},
    [CS_WINDOWS_2003] = {CS_WINDOWS_2003, "2003", "Windows Server 2003", true, false, false, false},
    [CS_WINDOWS_XP_SP2] = {CS_WINDOWS_XP_SP2, "xp-sp2", "Windows XP SP2", false, true, false,
                           false},
    [CS_WINDOWS_2003_SP1] = {CS_WINDOWS_2003_SP1, "2003-sp1", "Windows Server 2003 SP1", true, true,
                             false, false},
    [CS_WINDOWS_VISTA] = {CS_WINDOWS_VISTA, "vista", "Windows Vista", false, true, true, false},
    [CS_WINDOWS_2008] = {CS_WINDOWS_2008, "2008", "Windows Server 2008", true, true, true, false},
    [CS_WINDOWS_7] = {CS_WINDOWS_7, "7", "Windows 7", false, true, true, false},
    [CS_WINDOWS_2008_R2] = {CS_WINDOWS_2008_R2, "2008-r2", "Windows Server 2008 R2", true, true,
                            true, false},
    [CS_WINDOWS_8] = {CS_WINDOWS_8, "8", "Windows 8", false, true, true, false},
    [CS_WINDOWS_2012] = {CS_WINDOWS_2012, "2012", "Windows Server 2012", true, true, true, true},
    [CS_WINDOWS_8_1] = {CS_WINDOWS_8_1, "8.1", "Windows 8.1", false, true, true, false},
    [CS_WINDOWS_2012_R2] = {CS_WINDOWS_2012_R2, "2012-r2", "Windows Server 2012 R2", true, true,
                            true, true},
    [CS_WINDOWS_10] = {CS_WINDOWS_10, "10", "Windows 10", false, true, true, true},
    [CS_WINDOWS_2016] = {CS_WINDOWS_2016, "2016", "Windows Server 2016", true, true, true, true},
    [CS_WINDOWS_2019] = {CS_WINDOWS_2019, "2019", "Windows Server 2019", true, true, true, true},
    [CS_WINDOWS_2022] = {CS_WINDOWS_2022, "2022", "Windows Server 2022", true, true, true, true},
    [CS_WINDOWS_11] = {CS_WINDOWS_11, "11", "Windows 11", false, true, true, true},
    [CS_WINDOWS_2025] = {CS_WINDOWS_2025, "2025", "Windows Server 2025", true, true, true, true},
};

const struct cs_windows_info *cs_windows_info(enum cs_windows windows)
{
    bool known = (unsigned)windows < CS_WINDOWS_COUNT;
    return &versions[known ? windows : CS_WINDOWS_UNKNOWN];
}

enum { PLAIN_MAX = 160 };

/* Lower case, ASCII only, punctuation as one blank, a blank at both ends. */
static void plain(struct cs_str text, char out[PLAIN_MAX])
{
    size_t length = 0;
    out[length++] = ' ';
    for (size_t i = 0; i < text.length && length < PLAIN_MAX - 2; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + ('a' - 'A'));
        if (c >= 0x80)
            continue;
        bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
        if (kept)
            out[length++] = (char)c;
        else if (out[length - 1] != ' ')
            out[length++] = ' ';
    }
    if (out[length - 1] != ' ')
        out[length++] = ' ';
    out[length] = '\0';
}

/* In order: the first whose words stand in the text.  `later` is for a service pack (XP: the
 * second or newer), or R2 of 2003, which is 2003 SP1 underneath. */
static const struct {
    const char *words;
    enum cs_windows windows, later;
    char pack; /* the first service pack that makes it `later`, 0 for none */
} names[] = {
    {" 2008 r2 ", CS_WINDOWS_2008_R2, CS_WINDOWS_2008_R2, 0},
    {" 2012 r2 ", CS_WINDOWS_2012_R2, CS_WINDOWS_2012_R2, 0},
    {" 2003 r2 ", CS_WINDOWS_2003_SP1, CS_WINDOWS_2003_SP1, 0},
    {" 2003 ", CS_WINDOWS_2003, CS_WINDOWS_2003_SP1, '1'},
    {" 2008 ", CS_WINDOWS_2008, CS_WINDOWS_2008, 0},
    {" 2012 ", CS_WINDOWS_2012, CS_WINDOWS_2012, 0},
    {" 2016 ", CS_WINDOWS_2016, CS_WINDOWS_2016, 0},
    {" 2019 ", CS_WINDOWS_2019, CS_WINDOWS_2019, 0},
    {" 2022 ", CS_WINDOWS_2022, CS_WINDOWS_2022, 0},
    {" 2025 ", CS_WINDOWS_2025, CS_WINDOWS_2025, 0},
    {" 2000 ", CS_WINDOWS_2000, CS_WINDOWS_2000, 0},
    {" xp ", CS_WINDOWS_XP, CS_WINDOWS_XP_SP2, '2'},
    {" vista ", CS_WINDOWS_VISTA, CS_WINDOWS_VISTA, 0},
    {" windows 7 ", CS_WINDOWS_7, CS_WINDOWS_7, 0},
    {" windows 8.1 ", CS_WINDOWS_8_1, CS_WINDOWS_8_1, 0},
    {" windows 8 ", CS_WINDOWS_8, CS_WINDOWS_8, 0},
    {" windows 10 ", CS_WINDOWS_10, CS_WINDOWS_10, 0},
    {" windows 11 ", CS_WINDOWS_11, CS_WINDOWS_11, 0},
};

/* The digit of "service pack 2" or "sp2"; '0' when there is none. */
static char service_pack(const char *plain_text)
{
    static const char *const spellings[] = {" service pack ", " sp ", " sp"};
    for (size_t i = 0; i < CS_COUNT(spellings); i++) {
        const char *at = strstr(plain_text, spellings[i]);
        if (at && at[strlen(spellings[i])] >= '1' && at[strlen(spellings[i])] <= '9')
            return at[strlen(spellings[i])];
    }
    return '0';
}

enum cs_windows cs_windows_find(struct cs_str text)
{
    text = cs_str_trim(text);
    for (int i = 1; i < CS_WINDOWS_COUNT; i++) {
        if (cs_str_same(text, cs_str_of(versions[i].word)) ||
            cs_str_same(text, cs_str_of(versions[i].name)))
            return versions[i].windows;
    }
    char plain_text[PLAIN_MAX];
    plain(text, plain_text);
    for (size_t i = 0; i < CS_COUNT(names); i++) {
        if (!strstr(plain_text, names[i].words))
            continue;
        bool later = names[i].pack && service_pack(plain_text) >= names[i].pack;
        return later ? names[i].later : names[i].windows;
    }
    return CS_WINDOWS_UNKNOWN;
}

bool cs_language_is_japanese(struct cs_str language)
{
    return cs_str_same_start(language, CS_STR("ja"));
}
