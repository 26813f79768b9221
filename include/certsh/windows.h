/*
 * windows.h - versions of Windows, and its own words.
 *
 * One table of versions, one of error numbers with English and Japanese texts.  What FACTS
 * marks as unconfirmed is marked in windows_text.c, and nowhere else.
 *
 * Floor: domain.
 */
#ifndef CERTSH_WINDOWS_H
#define CERTSH_WINDOWS_H

#include <certsh/base.h>
#include <certsh/str.h>

/* In order of age, so that `>=` means "this or newer" within servers and clients. */
enum cs_windows {
    CS_WINDOWS_UNKNOWN,
    CS_WINDOWS_2000,
    CS_WINDOWS_XP,
    CS_WINDOWS_2003,
    CS_WINDOWS_XP_SP2,
    CS_WINDOWS_2003_SP1,
    CS_WINDOWS_VISTA,
    CS_WINDOWS_2008,
    CS_WINDOWS_7,
    CS_WINDOWS_2008_R2,
    CS_WINDOWS_8,
    CS_WINDOWS_2012,
    CS_WINDOWS_8_1,
    CS_WINDOWS_2012_R2,
    CS_WINDOWS_10,
    CS_WINDOWS_2016,
    CS_WINDOWS_2019,
    CS_WINDOWS_2022,
    CS_WINDOWS_11,
    CS_WINDOWS_2025,
    CS_WINDOWS_COUNT
};

struct cs_windows_info {
    enum cs_windows windows;
    const char *word; /* as typed: "2003-sp1" */
    const char *name; /* "Windows Server 2003 SP1" */
    bool server;
    bool limits;   /* has machine-wide DCOM limits (XP SP2, 2003 SP1 and newer) */
    bool builtin;  /* has S-1-5-32-574 (2008 and newer; Vista SP1) */
    bool hardened; /* KB5004442 enforced when fully patched */
};
CS_API const struct cs_windows_info *cs_windows_info(enum cs_windows windows);
/* By word, or by the text of the operatingSystem attribute ("Windows Server 2019 Standard").
 * CS_WINDOWS_UNKNOWN when it is none. */
CS_API enum cs_windows cs_windows_find(struct cs_str text);

/* Language of texts: "ja" gives Japanese where it is known, everything else English. */
CS_API bool cs_language_is_japanese(struct cs_str language);

/* System text of a Win32 error: 1060 -> "The specified service ...".  NULL when not known. */
CS_API const char *cs_win32_text(uint32_t number, struct cs_str language);
/* "ERROR_ACCESS_DENIED"; NULL when not known. */
CS_API const char *cs_win32_name(uint32_t number);
/* The same of an HRESULT (0x8007xxxx are Win32 errors): "Access is denied." */
CS_API const char *cs_hresult_text(uint32_t code, struct cs_str language);
/* "E_ACCESSDENIED", "CERTSRV_E_TEMPLATE_DENIED", or "WIN32: 5 ERROR_ACCESS_DENIED"; NULL. */
CS_API const char *cs_hresult_name(uint32_t code);
/* A message of net.exe by its number (NET HELPMSG), with %1 left in; NULL when not known. */
CS_API const char *cs_net_message(uint32_t number, struct cs_str language);
/* `text` with %1..%9 replaced; in `arena`. */
CS_API struct cs_str cs_message_format(struct cs_arena *arena, const char *text,
                                       const struct cs_str *args, size_t count);

#define CS_HR_ACCESS_DENIED          0x80070005u
#define CS_HR_RPC_UNAVAILABLE        0x800706bau
#define CS_HR_INVALID_ARG            0x80070057u
#define CS_HR_FILE_NOT_FOUND         0x80070002u
#define CS_HR_ENROLL_DENIED          0x80094011u
#define CS_HR_TEMPLATE_DENIED        0x80094012u
#define CS_HR_UNSUPPORTED_CERT_TYPE  0x80094800u
#define CS_HR_SUBJECT_EMAIL_REQUIRED 0x80094812u
#define CS_HR_SUBJECT_DNS_REQUIRED   0x8009480fu
#define CS_HR_SUBJECT_UPN_REQUIRED   0x8009480du

#endif
