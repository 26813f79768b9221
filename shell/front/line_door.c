/*
 * line_door.c - the way to line.c, which alone knows readline and is a module of its own.
 *
 * Only a conversation opens it: a script, a pipe or -c never pays for readline.  Room: front.
 */
#include "front.h"

#include "plugin/module.h"

static const struct csi_line *line;

cs_status csi_line_open(struct csi_front *front, struct cs_error *err)
{
    if (!line)
        line = csi_module_symbol(front->paths.line, "csi_line", err);
    if (!line)
        return err->status;
    line->open(front);
    return CS_OK;
}

void csi_line_close(void)
{
    line->close();
}

char *csi_line_read(const char *prompt, bool *cancelled)
{
    return line->read(prompt, cancelled);
}

void csi_line_remember(struct cs_str block)
{
    line->remember(block);
}
