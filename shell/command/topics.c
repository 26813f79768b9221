/* topics.c - pages of help that belong to no single command.  Room: command. */
#include "shell_internal.h"

#include <stdio.h>

const struct csi_topic csi_topics[] = {
    {"exit-codes", "what the program's exit code says",
     "0   done, allowed, passed\n"
     "1   an internal or input/output error, or a state that does not permit it now\n"
     "2   denied or not granted, or a check or test failed\n"
     "3   invalid input: a bad file, SDDL, name or argument value\n"
     "4   undecidable for lack of facts\n"
     "64  usage: no such command or option\n"
     "\n"
     "The codes are the same for every format. A script or a sequence of -c stops at its first\n"
     "failure, unless -k is given; its code then is the first failure's.\n"},
    {"line", "how a line of the shell is read",
     "A command's words come first (help lists them), in any case; everything else is Lua. A\n"
     "command's word followed by = ( . : { or [ is Lua, too. =EXPR prints a Lua expression.\n"
     "# begins a comment. Lua that is not whole goes on in the next line.\n"
     "\n"
     "On a command line words are split at blanks; \"...\" and '...' quote, a doubled quote\n"
     "inside stands for itself, and a backslash is an ordinary character: CORP\\DC02$.\n"
     "A dash from a word processor at the beginning of a word means '-'.\n"
     "\n"
     "COMMAND | PROGRAM   gives the output to a program\n"
     "COMMAND > FILE      writes it to a file, >> adds to it\n"
     "COMMAND --format json|jsonl|csv|table   prints this one line's rows so\n"},
    {"names", "how principals, hosts and CAs are written",
     "A principal is DOMAIN\\name, name@dns.domain, a SID, or a bare name, which is looked for\n"
     "as Windows does from the current host: well-known, built-in, local, own domain, then the\n"
     "trusted ones. A computer account ends in '$': CORP\\DC02$.\n"
     "\n"
     "A host is its short or DNS name, or its computer account. A CA is its name, HOST\\NAME, or\n"
     "its host. Case does not matter in any name, in any language.\n"},
    {"formats", "table, json, jsonl and csv",
     "table   for people; some commands say it in words instead\n"
     "json    one array of objects a command, always closed; an error is one object on\n"
     "        standard error: {\"error\":{\"status\",\"text\",\"at\",\"where\"}}\n"
     "jsonl   one object a line\n"
     "csv     RFC 4180 with a header; cells that a spreadsheet would calculate begin with '\n"
     "\n"
     "Plugins bring more; a name that nobody knows is answered with those there are.\n"
     "certsh --format json, 'set format json', or --format json after one command.\n"},
    {"plugins", "where commands come from",
     "Everything beyond help, set, plugin, run and quit is a plugin: a shared object or a Lua\n"
     "file. They are looked for in --plugin-path, in CERTSH_PLUGIN_PATH (absolute folders with\n"
     "colons between), and beside the program; never in the current directory. A manifest says\n"
     "what each has, so that its code is loaded when a command of it is first used.\n"
     "\n"
     "plugin list         which there are, and from where\n"
     "plugin info NAME    one with its commands\n"
     "plugin load FILE    one more, until the shell ends\n"},
    {"lua", "what a script sees",
     "lab        the open lab: lab:principal(NAME), lab:host(NAME), lab:check(WHO, TEMPLATE),\n"
     "           lab:transaction(FN), lab:what_if(FN)\n"
     "certsh     certsh.run(LINE) gives a command's rows as a list, certsh.each(LINE) one by one;\n"
     "           certsh.sd, certsh.token, certsh.json; certsh.command{...} adds a command\n"
     "arg        the script's arguments; os.exit(N) ends with exit code N\n"
     "\n"
     "A failure is an error object with .status, .text, .at and .where; a refusal is an answer\n"
     "and raises nothing. A script that fails takes back whole what it changed.\n"},
    {NULL, NULL, NULL},
};
