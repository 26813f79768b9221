#include "access_in.h"
enum csi_truth csi_condition_eval(struct cs_str bytes, const struct cs_sd *sd,
                                  const struct cs_token *token)
{
    (void)bytes, (void)sd, (void)token;
    return CSI_UNKNOWN;
}
