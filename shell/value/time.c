/*
 * time.c - seconds since 1970 as ISO 8601, by arithmetic of our own: no time zone of the
 * machine and no clock gets into a lab.  Room: value.
 */
#include <certsh/value.h>

#include <stdio.h>

enum { DAY = 86400 };

struct date {
    long long year;
    int month, day;
};

/* Days since 1970-01-01 to a date of the Gregorian calendar; years are counted from March,
 * so that the leap day is the last of a year (H. Hinnant, "chrono-compatible algorithms"). */
static struct date date_of(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t in_era = shifted - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * in_year + 2) / 153);
    return (struct date){
        .year = year + era * 400 + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = (int)(in_year - (153 * month + 2) / 5 + 1),
    };
}

const char *cs_time_format(int64_t seconds, struct cs_time_text *out)
{
    int64_t days = seconds / DAY - (seconds % DAY < 0);
    int rest = (int)(seconds - days * DAY);
    struct date date = date_of(days);
    snprintf(out->text, sizeof out->text, "%04lld-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month,
             date.day, rest / 3600, rest / 60 % 60, rest % 60);
    return out->text;
}
