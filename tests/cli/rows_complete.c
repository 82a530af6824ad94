#include "rows_complete.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CUIC     PLATFORM_CUIC
#define FINESSE  PLATFORM_FINESSE

#define W8  "help cli show w w w w w "
#define W56 W8 W8 W8 W8 W8 W8 W8

/* The words at the top, as their commands stand in the table. */
#define TOP_0 "utils*,show*,set*,help,quit,exit"
#define TOP   TOP_0 ",lab*"

const struct complete_row complete_rows[] = {
    /* words */
    {"nothing", "", 1, CUIC, "", TOP},
    {"nothing-at-0", "", 0, CUIC, "", TOP_0},
    {"nothing-on-finesse", "", 1, FINESSE, "", TOP},
    {"blanks-only", "   ", 1, CUIC, "", TOP},
    {"one-letter", "u", 1, CUIC, "tils ", ""},
    {"all-but-one-letter", "util", 1, CUIC, "s ", ""},
    {"guide's-example", "se", 1, CUIC, "t ", ""},
    {"ambiguous", "s", 1, CUIC, "", "show*,set*"},
    {"whole-word", "utils", 1, CUIC, " ", "cuic*,live-data*,service*,network*"},
    {"whole-word-on-finesse", "utils", 1, FINESSE, " ", "finesse*,service*,network*"},
    {"whole-word-and-blank", "utils ", 1, CUIC, "", "cuic*,live-data*,service*,network*"},
    {"whole-word-with-one-word-behind", "lab audit", 1, CUIC, " ", "list"},
    {"one-word-behind", "lab audit ", 1, CUIC, "list ", ""},
    {"whole-command", "quit", 1, CUIC, " ", ""},
    {"behind-a-whole-command", "quit ", 1, CUIC, "", ""},
    {"whole-long-command", "utils cuic cors status", 1, CUIC, " ", ""},
    {"common-beginning", "utils finesse cors en", 1, FINESSE, "able", ""},
    {"word-that-begins-another", "utils finesse cors enable", 1, FINESSE, "", "enable,enable_all"},
    {"common-beginning-of-three", "utils cuic cors a", 1, CUIC, "llowed_", ""},
    {"at-the-common-beginning", "utils cuic cors allowed_", 1, CUIC, "",
     "allowed_origin*,allowed_headers*"},
    {"blanks-between", "   utils   cuic  co", 1, CUIC, "rs ", ""},
    {"many-blanks-behind", "utils cuic cors allowed_origin    ", 1, CUIC, "", "list,add,delete"},
    {"wrong-word", "utils xyzzy ", 1, CUIC, "", ""},
    {"wrong-beginning", "utils x", 1, CUIC, "", ""},
    {"wrong-case", "UTI", 1, CUIC, "", ""},
    {"wrong-first-word", "xyzzy cuic co", 1, CUIC, "", ""},
    {"question-mark", "utils ?", 1, CUIC, "", ""},
    {"control-bytes", "\x1b[2J", 1, CUIC, "", ""},
    {"not-utf8", "utils \xff", 1, CUIC, "", ""},
    {"sixty-four-words", W56 "a a a a a a a a", 1, CUIC, "", ""},
    {"sixty-four-words-and-blank", W56 "a a a a a a a a ", 1, CUIC, "", ""},
    {"sixty-five-words", W56 "a a a a a a a a a", 1, CUIC, "", ""},
    /* what others have */
    {"lab-at-0", "la", 0, CUIC, "", ""},
    {"lab-word-at-0", "lab", 0, CUIC, "", ""},
    {"lab-commands-at-0", "lab ", 0, CUIC, "", ""},
    {"edits-at-0", "utils cuic cors ena", 0, CUIC, "ble ", ""}, /* shown, and refused when run */
    {"of-the-other-product", "utils fin", 1, CUIC, "", ""},
    {"of-the-other-product-on-finesse", "utils cu", 1, FINESSE, "", ""},
    {"show-on-finesse", "show ", 1, FINESSE, "", "version*,status,network*,cli*"},
    /* parameters */
    {"choice", "set cli pagination ", 1, CUIC, "o", ""},
    {"choice-common", "set cli pagination o", 1, CUIC, "", "on,off"},
    {"choice-begun", "set cli pagination of", 1, CUIC, "f ", ""},
    {"choice-whole", "set cli pagination on", 1, CUIC, " ", ""},
    {"choice-and-blank", "set cli pagination on ", 1, CUIC, "", ""},
    {"choice-wrong", "set cli pagination y", 1, CUIC, "", ""},
    {"name-begun", "utils service restart Intel", 1, CUIC, "ligence Center ", ""},
    {"name-first-word", "utils service restart Intelligence", 1, CUIC, " Center ", ""},
    {"name-common-words", "utils service restart Intelligence Center ", 1, CUIC, "",
     "Perfmon Service,Reporting Service,SNMP Java Adapter Service,Serviceability Service"},
    {"name-last-letters", "utils service restart Intelligence Center R", 1, CUIC,
     "eporting Service ", ""},
    {"name-whole", "utils service stop Intelligence Center Reporting Service", 1, CUIC, " ", ""},
    {"name-and-blank", "utils service stop Intelligence Center Reporting Service ", 1, CUIC, "",
     ""},
    {"name-that-begins-another", "utils service start Cisco Tomcat", 1, CUIC, "",
     "Tomcat,Tomcat Stats Servlet"},
    {"name-that-begins-another-and-blank", "utils service start Cisco Tomcat ", 1, CUIC,
     "Stats Servlet ", ""},
    {"name-with-blanks-between", "utils  service   start  Cisco   Web", 1, CUIC, " Proxy Service ",
     ""},
    {"name-of-the-other-product", "utils service start Intel", 1, FINESSE, "", ""},
    {"name-on-finesse", "utils service start Cisco Fin", 1, FINESSE, "esse ", ""},
    {"name-wrong-case", "utils service start cisco", 1, CUIC, "", ""},
    {"parameter-without-choices", "utils cuic cors allowed_origin add https://", 1, CUIC, "", ""},
    {"parameter-without-choices-and-blank", "utils network ping ", 1, CUIC, "", ""},
    /* options */
    {"option-begun", "lab explain --o", 1, CUIC, "rigin ", ""},
    {"option-value", "lab explain --service ", 1, CUIC, "", "cuic,live-data,finesse"},
    {"option-value-begun", "lab explain --service l", 1, CUIC, "ive-data ", ""},
    {"option-behind-a-value", "lab explain --origin https://a.example --h", 1, CUIC, "eaders ", ""},
    {"option-value-behind-a-value", "lab explain --origin https://a --method P", 1, CUIC, "",
     "POST,PUT"},
    {"option-begun-behind-a-value", "lab explain --path / --no", 1, CUIC, "de ", ""},
    {"option-with-any-value", "lab explain --origin ", 1, CUIC, "", ""},
    {"no-option", "lab explain x --", 1, CUIC, "", ""},
    {"no-option-at-0", "lab explain --o", 0, CUIC, "", ""},
    /* help */
    {"help", "hel", 1, CUIC, "p ", ""},
    {"help-whole", "help", 1, CUIC, " ", ""},
    {"help-and-blank", "help ", 1, CUIC, "", TOP},
    {"help-and-blank-at-0", "help ", 0, CUIC, "", TOP_0},
    {"help-word", "help utils cu", 1, CUIC, "ic ", ""},
    {"help-whole-word", "help utils cuic", 1, CUIC, " ", "cors*,cluster*"},
    {"help-whole-command", "help utils cuic cors status", 1, CUIC, " ", ""},
    {"help-has-no-parameters", "help set cli pagination o", 1, CUIC, "", ""},
    {"help-has-no-names", "help utils service restart Cis", 1, CUIC, "", ""},
    {"help-of-help", "help he", 1, CUIC, "lp ", ""},
    {"help-once", "help help u", 1, CUIC, "", ""},
    {"help-lab-at-0", "help la", 0, CUIC, "", ""},
    {"help-other-product", "help utils fin", 1, CUIC, "", ""},
    {"help-wrong", "help xyzzy ", 1, CUIC, "", ""},
};
const size_t complete_n_rows = COUNT(complete_rows);
