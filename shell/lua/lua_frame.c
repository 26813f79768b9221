/*
 * lua_frame.c - one unit of Lua work is one transaction of the shell's lab.
 *
 * A line typed, a chunk of -e and a script are frames.  A frame costs nothing until the lab is
 * first touched; then the lab is opened and a transaction titled by the frame begins.  A frame
 * that raises is rolled back whole; one that ends well, or by os.exit, is committed.  Frames
 * nest (a script that runs a script), and so do their transactions.
 *
 * Where the lab is a file that others have open, the first step that changes something takes the
 * right to write, until the frame ends: a lab that another shell has changed since the frame
 * looked at it first is refused there, before any work is lost.
 *
 * lab:transaction and lab:what_if are transactions within; handles made in a what-if are stale
 * after it, as their records are gone.  Room: lua.
 */
#include "lua/lua_internal.h"

cs_status csi_frame_touch(struct csi_lua *lua, struct cs_lab *lab, struct cs_error *err)
{
    struct csi_frame *chain[64];
    size_t count = 0;
    for (struct csi_frame *frame = lua->frame; frame && count < CS_COUNT(chain);
         frame = frame->outer)
        if (!frame->lab)
            chain[count++] = frame;
    /* what is wrong with the lab's file, a commit tells */
    if (cs_lab_refresh(lab, err) == CS_STATE)
        return CS_STATE;
    while (count--) { /* outermost first */
        chain[count]->lab = lab;
        cs_lab_begin(lab, chain[count]->title);
    }
    return CS_OK;
}

/* The lab that the first argument is, or belongs to; NULL: none. */
static struct cs_lab *written(lua_State *L)
{
    static const struct csi_class *const handles[] = {&csi_class_principal, &csi_class_host,
                                                      &csi_class_ca, &csi_class_domain,
                                                      &csi_class_template};
    if (csi_test(L, 1, &csi_class_lab))
        return csi_to_lab(L, 1);
    for (size_t i = 0; i < CS_COUNT(handles); i++) {
        struct cs_lab *lab;
        if (!csi_test(L, 1, handles[i]))
            continue;
        (void)csi_to_handle(L, 1, handles[i], &lab);
        return lab;
    }
    return NULL;
}

void csi_frame_write(lua_State *L)
{
    struct cs_error err;
    struct cs_lab *lab = csi_lua_of(L)->building ? NULL : written(L);
    if (!lab || !cs_lab_path(lab))
        return;
    bool inside = cs_lab_in_transaction(lab);
    csi_check(L, inside ? cs_lab_hold(lab, &err) : cs_lab_refresh(lab, &err), &err);
}

/* The lab this frame holds, if the shell has not opened another one since. */
static struct cs_lab *held(struct csi_lua *lua, const struct csi_frame *frame)
{
    if (!frame->lab || !cs_shell_has_lab(lua->shell) || cs_shell_lab(lua->shell) != frame->lab)
        return NULL;
    return frame->lab;
}

cs_status csi_frame_settle(struct csi_lua *lua, struct cs_error *err)
{
    struct csi_frame *frame = lua->frame;
    if (!frame || frame->outer || lua->holding || !held(lua, frame))
        return CS_OK;
    struct cs_lab *lab = frame->lab;
    frame->lab = NULL;
    return cs_lab_commit(lab, err);
}

static cs_status end_frame(struct csi_lua *lua, struct csi_frame *frame, cs_status status,
                           struct cs_error *err)
{
    struct cs_lab *lab = held(lua, frame);
    lua->frame = frame->outer;
    return lab ? cs_lab_end(lab, status, err) : status;
}

cs_status csi_frame_run(struct csi_lua *lua, struct cs_str title, lua_CFunction fn, void *context,
                        int *code, struct cs_error *err)
{
    struct csi_frame frame = {.title = title, .outer = lua->frame};
    *code = -1;
    lua->frame = &frame;
    cs_status status = csi_protect(lua, fn, context, err);
    if (lua->exiting) {
        *code = lua->exit_code;
        csi_exit_done(lua);
        status = CS_OK;
    }
    return end_frame(lua, &frame, status, err);
}

/* ------------------------------------------------- transactions in a script */

/* (lab, fn): calls fn(lab); the results, or the error on top.  [-0, +n, e] */
static int call_inside(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_pushvalue(L, 1); /* lab fn lab */
    csi_lua_of(L)->holding++;
    int failed = lua_pcall(L, 1, LUA_MULTRET, 0);
    csi_lua_of(L)->holding--;
    return failed;
}

int csi_lab_transaction(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    cs_lab_begin(lab, CS_STR("lab:transaction"));
    int failed = call_inside(L);
    if (failed && !csi_lua_of(L)->exiting) {
        cs_lab_rollback(lab);
        return lua_error(L);
    }
    struct cs_error err;
    csi_check(L, cs_lab_commit(lab, &err), &err);
    return failed ? lua_error(L) : lua_gettop(L) - 1;
}

int csi_lab_what_if(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    cs_lab_begin_what_if(lab, CS_STR("lab:what_if"));
    int failed = call_inside(L);
    cs_lab_rollback(lab);
    return failed ? lua_error(L) : lua_gettop(L) - 1;
}
