#include "rows_origin.h"

#include "support.h"

#define NO(offset, says)                                                                           \
    {                                                                                              \
        ERR_SYNTAX, (offset), (says)                                                               \
    }
#define BOTH_NO(offset, says)   .lax = NO(offset, says), .strict = NO(offset, says)
#define STRICT_NO(offset, says) .strict = NO(offset, says)

/* scheme, host, port as written: what an accepted row is taken apart into */
#define HTTPS(host_text) .host = (host_text), .port = 443, .is_https = true
#define HTTPS_PORT(host_text, number)                                                              \
    .host = (host_text), .port = (number), .has_port = true, .is_https = true
#define HTTP(host_text)              .host = (host_text), .port = 80
#define HTTP_PORT(host_text, number) .host = (host_text), .port = (number), .has_port = true

#define A50     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A61     A50 "aaaaaaaaaaa"
#define A63     A61 "aa"
#define HOST253 A63 "." A63 "." A63 "." A61
#define HOST254 A63 "." A63 "." A63 "." A61 "a"
#define HOST407 A50 "." A50 "." A50 "." A50 "." A50 "." A50 "." A50 "." A50
#define NINES   "9999999999999999999999999999999999999999999999999999999999999999999999"

const struct origin_row origin_rows[] = {
    /* words that are no origin */
    {"star", LIT("*"), BOTH_NO(0, "no wildcard")},
    {"star-for-a-label", LIT("https://*.example.com"), BOTH_NO(8, "no host name holds")},
    {"null", LIT("null"), BOTH_NO(0, "'null'")},
    {"NULL", LIT("NULL"), BOTH_NO(0, "'null'")},
    {"Null", LIT("Null"), BOTH_NO(0, "'null'")},
    {"empty", LIT(""), BOTH_NO(0, "empty entry")},
    {"no-text", NO_TEXT, BOTH_NO(0, "empty entry")},

    /* parts of a URL that no origin has */
    {"trailing-slash", LIT("https://a.example/"), BOTH_NO(17, "slash at the end")},
    {"trailing-slash-behind-port", LIT("https://a.example:8445/"), BOTH_NO(22, "slash at the end")},
    {"path", LIT("https://a.example/desktop"), BOTH_NO(17, "a path")},
    {"path-behind-port", LIT("https://a.example:8445/desktop/"), BOTH_NO(22, "a path")},
    {"two-slashes", LIT("https://a.example//"), BOTH_NO(17, "a path")},
    {"query", LIT("https://a.example?x=1"), BOTH_NO(17, "a query")},
    {"query-alone", LIT("https://a.example:8445?"), BOTH_NO(22, "a query")},
    {"fragment", LIT("https://a.example#top"), BOTH_NO(17, "a fragment")},
    {"user", LIT("https://user@a.example"), BOTH_NO(12, "a user name")},
    {"user-and-password", LIT("https://user:pw@a.example"), BOTH_NO(15, "a user name")},
    {"backslash", LIT("https://a.example\\desktop"), BOTH_NO(17, "no host name holds")},

    /* blanks and control bytes */
    {"blank-inside", LIT("https://a b.example"), BOTH_NO(9, "blank")},
    {"blank-before", LIT(" https://a.example"), BOTH_NO(0, "blank")},
    {"blank-behind", LIT("https://a.example "), BOTH_NO(17, "blank")},
    {"only-a-blank", LIT(" "), BOTH_NO(0, "blank")},
    {"tab-before", LIT("\thttps://a.example"), BOTH_NO(0, "blank")},
    {"tab-behind", LIT("https://a.example\t"), BOTH_NO(17, "blank")},
    {"line-feed-behind", LIT("https://a.example\n"), BOTH_NO(17, "control")},
    {"nul-inside", LIT("https://a\0b.example"), BOTH_NO(9, "control")},
    {"delete-inside", LIT("https://a\x7f.example"), BOTH_NO(9, "control")},
    {"two-origins", LIT("https://a.example https://b.example"), BOTH_NO(17, "blank")},

    /* schemes */
    {"no-scheme", LIT("a.example"), BOTH_NO(0, "begin with https://")},
    {"no-scheme-with-port", LIT("a.example:8445"), BOTH_NO(0, "begin with https://")},
    {"scheme-relative", LIT("//a.example"), BOTH_NO(0, "begin with https://")},
    {"one-slash", LIT("https:/a.example"), BOTH_NO(0, "begin with https://")},
    {"no-slashes", LIT("https:a.example"), BOTH_NO(0, "begin with https://")},
    {"only-the-word", LIT("https"), BOTH_NO(0, "begin with https://")},
    {"ftp", LIT("ftp://a.example"), BOTH_NO(0, "begin with https://")},
    {"wss", LIT("wss://a.example"), BOTH_NO(0, "begin with https://")},
    {"file", LIT("file:///C:/x"), BOTH_NO(0, "begin with https://")},
    {"chrome-extension", LIT("chrome-extension://abcdef"), BOTH_NO(0, "begin with https://")},
    {"only-a-scheme", LIT("https://"), BOTH_NO(8, "host name is missing")},
    {"only-the-other-scheme", LIT("http://"), BOTH_NO(7, "host name is missing")},

    /* ports */
    {"port-0", LIT("https://a.example:0"), BOTH_NO(18, "from 1 to 65535")},
    {"port-1", LIT("https://a.example:1"), HTTPS_PORT("a.example", 1)},
    {"port-65535", LIT("https://a.example:65535"), HTTPS_PORT("a.example", 65535)},
    {"port-65536", LIT("https://a.example:65536"), BOTH_NO(18, "from 1 to 65535")},
    {"port-99999", LIT("https://a.example:99999"), BOTH_NO(18, "from 1 to 65535")},
    {"port-with-many-digits", LIT("https://a.example:" NINES), BOTH_NO(18, "from 1 to 65535")},
    {"port-that-wraps-32-bits", LIT("https://a.example:4294967739"),
     BOTH_NO(18, "from 1 to 65535")},
    {"port-with-a-letter", LIT("https://a.example:84x5"), BOTH_NO(18, "from 1 to 65535")},
    {"port-with-plus", LIT("https://a.example:+8445"), BOTH_NO(18, "from 1 to 65535")},
    {"port-with-minus", LIT("https://a.example:-1"), BOTH_NO(18, "from 1 to 65535")},
    {"port-with-two-colons", LIT("https://a.example:1:2"), BOTH_NO(18, "from 1 to 65535")},
    {"port-not-ascii", LIT("https://a.example:8\xc3\xbc"), BOTH_NO(18, "from 1 to 65535")},
    {"port-empty", LIT("https://a.example:"), BOTH_NO(17, "colon without a port")},
    {"port-leading-zero", LIT("https://a.example:08445"), BOTH_NO(18, "begin with 0")},
    {"port-without-host", LIT("https://:8445"), BOTH_NO(8, "host name is missing")},

    /* host names */
    {"double-dot", LIT("https://a..example"), BOTH_NO(10, "empty part")},
    {"leading-dot", LIT("https://.a.example"), BOTH_NO(8, "empty part")},
    {"trailing-dot", LIT("https://a.example."), BOTH_NO(17, "dot at the end")},
    {"trailing-dot-and-port", LIT("https://a.example.:8445"), BOTH_NO(17, "dot at the end")},
    {"only-a-dot", LIT("https://."), BOTH_NO(8, "empty part")},
    {"leading-hyphen", LIT("https://-a.example"), BOTH_NO(8, "begins or ends with '-'")},
    {"trailing-hyphen", LIT("https://a-.example"), BOTH_NO(8, "begins or ends with '-'")},
    {"hyphen-of-the-last-part", LIT("https://a.example-"), BOTH_NO(10, "begins or ends with '-'")},
    {"only-a-hyphen", LIT("https://a.-.example"), BOTH_NO(10, "begins or ends with '-'")},
    {"hyphens-inside", LIT("https://a--b.ex-ample"), HTTPS("a--b.ex-ample")},
    {"underscore", LIT("https://a_b.example"), BOTH_NO(9, "no host name holds")},
    {"percent", LIT("https://a%20b.example"), BOTH_NO(9, "no host name holds")},
    {"comma", LIT("https://a.example,b.example"), BOTH_NO(17, "no host name holds")},
    {"quote", LIT("https://a.example\""), BOTH_NO(17, "no host name holds")},
    {"label-63", LIT("https://" A63 ".example"), HTTPS(A63 ".example")},
    {"label-64", LIT("https://" A63 "a.example"), BOTH_NO(8, "over 63")},
    {"second-label-64", LIT("https://b." A63 "a"), BOTH_NO(10, "over 63")},
    {"host-253", LIT("https://" HOST253), HTTPS(HOST253)},
    {"host-254", LIT("https://" HOST254), BOTH_NO(8, "over 253")},
    {"longest", LIT("https://" HOST253 ":65535"), HTTPS_PORT(HOST253, 65535)},
    {"over-long", LIT("https://" HOST407), .lax = {ERR_LIMIT, ANY_OFFSET, ""},
     .strict = {ERR_LIMIT, ANY_OFFSET, ""}},
    {"one-label", LIT("https://finesse:8445"), HTTPS_PORT("finesse", 8445)},
    {"digits-in-labels", LIT("https://1a.2.example"), HTTPS("1a.2.example")},
    {"punycode", LIT("https://xn--bcher-kva.example"), HTTPS("xn--bcher-kva.example")},
    {"http", LIT("http://a.example"), HTTP("a.example")},
    {"http-port", LIT("http://a.example:8080"), HTTP_PORT("a.example", 8080)},
    {"captured", LIT("https://finessep.uccelab.tac:8445"),
     HTTPS_PORT("finessep.uccelab.tac", 8445)},

    /* IPv4 */
    {"ipv4", LIT("https://10.10.10.1"), HTTPS("10.10.10.1")},
    {"ipv4-port", LIT("https://255.255.255.255:8445"), HTTPS_PORT("255.255.255.255", 8445)},
    {"ipv4-999", LIT("https://999.1.1.1"), BOTH_NO(8, "IPv4")},
    {"ipv4-256", LIT("https://256.0.0.1"), BOTH_NO(8, "IPv4")},
    {"ipv4-three-parts", LIT("https://1.2.3"), BOTH_NO(8, "IPv4")},
    {"ipv4-five-parts", LIT("https://1.2.3.4.5"), BOTH_NO(8, "IPv4")},
    {"ipv4-leading-zero", LIT("https://010.1.1.1"), BOTH_NO(8, "IPv4")},
    {"ipv4-one-number", LIT("https://2130706433"), BOTH_NO(8, "IPv4")},
    {"name-ending-in-a-number", LIT("https://host.example.123"), BOTH_NO(8, "IPv4")},

    /* IPv6 */
    {"ipv6", LIT("https://[2001:db8::1]"), HTTPS("[2001:db8::1]")},
    {"ipv6-port", LIT("https://[::1]:8445"), HTTPS_PORT("[::1]", 8445)},
    {"ipv6-any", LIT("http://[::]"), HTTP("[::]")},
    {"ipv6-upper", LIT("https://[2001:DB8::1]"), STRICT_NO(8, "[2001:db8::1]"),
     HTTPS("[2001:DB8::1]")},
    {"ipv6-zeros-written", LIT("https://[2001:db8:0:0:0:0:0:1]:8445"),
     STRICT_NO(8, "[2001:db8::1]"), HTTPS_PORT("[2001:db8:0:0:0:0:0:1]", 8445)},
    {"ipv6-leading-zeros", LIT("https://[2001:0db8::0001]"), STRICT_NO(8, "[2001:db8::1]"),
     HTTPS("[2001:0db8::0001]")},
    {"ipv6-one-group-is-not-shortened", LIT("https://[1:2:3:4:5:6:0:8]"),
     HTTPS("[1:2:3:4:5:6:0:8]")},
    /* Browsers never write the dotted form. @source URL standard, "IPv6 serializer" */
    {"ipv6-mapped-dotted", LIT("https://[::ffff:1.2.3.4]"), STRICT_NO(8, "[::ffff:102:304]"),
     HTTPS("[::ffff:1.2.3.4]")},
    {"ipv6-mapped", LIT("https://[::ffff:102:304]"), HTTPS("[::ffff:102:304]")},
    {"ipv6-zeros-at-the-end", LIT("https://[1::]"), HTTPS("[1::]")},
    {"ipv6-first-of-two-runs", LIT("https://[1::2:3:0:0:4]"), HTTPS("[1::2:3:0:0:4]")},
    {"ipv6-second-of-two-runs", LIT("https://[1:0:0:2:3::4]"), STRICT_NO(8, "[1::2:3:0:0:4]"),
     HTTPS("[1:0:0:2:3::4]")},
    {"ipv6-longer-run", LIT("https://[1:0:0:2::3]"), HTTPS("[1:0:0:2::3]")},
    {"ipv6-no-zeros", LIT("https://[1:2:3:4:5:6:7:abcd]"), HTTPS("[1:2:3:4:5:6:7:abcd]")},
    {"ipv6-two-last-groups", LIT("https://[::1:2]"), HTTPS("[::1:2]")},
    {"ipv6-zone", LIT("https://[fe80::1%eth0]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-zone-encoded", LIT("https://[fe80::1%25eth0]:8445"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-unclosed", LIT("https://[::1"), BOTH_NO(8, "closing bracket")},
    {"ipv6-unclosed-port", LIT("https://[::1:8445"), BOTH_NO(8, "closing bracket")},
    {"ipv6-only-a-bracket", LIT("https://["), BOTH_NO(8, "closing bracket")},
    {"ipv6-nothing-inside", LIT("https://[]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-junk-behind", LIT("https://[::1]x"), BOTH_NO(13, "only a colon")},
    {"ipv6-two-brackets", LIT("https://[::1]]"), BOTH_NO(13, "only a colon")},
    {"ipv6-colon-only", LIT("https://[::1]:"), BOTH_NO(13, "colon without a port")},
    {"ipv6-port-0", LIT("https://[::1]:0"), BOTH_NO(14, "from 1 to 65535")},
    {"ipv6-name-inside", LIT("https://[a.example]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-ipv4-inside", LIT("https://[1.2.3.4]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-two-double-colons", LIT("https://[1::2::3]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-nine-groups", LIT("https://[1:2:3:4:5:6:7:8:9]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-five-digits", LIT("https://[12345::]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-too-long", LIT("https://[" A63 "]"), BOTH_NO(8, "not an IPv6")},
    {"ipv6-bare", LIT("https://::1"), BOTH_NO(8, "host name is missing")},

    /* names with letters outside ASCII */
    {"idn", LIT("https://" BUECHER ".example"), BOTH_NO(8, "write https://xn--bcher-kva.example")},
    {"idn-port", LIT("https://" BUECHER ".example:8445"),
     BOTH_NO(8, "write https://xn--bcher-kva.example:8445")},
    {"idn-http", LIT("http://" BUECHER ".example"),
     BOTH_NO(7, "write http://xn--bcher-kva.example")},
    {"idn-upper",
     LIT("https://B\xc3\x9c"
         "CHER.Example"),
     BOTH_NO(8, "write https://xn--bcher-kva.example")},
    {"idn-decomposed",
     LIT("https://bu\xcc\x88"
         "cher.example"),
     BOTH_NO(8, "write https://xn--bcher-kva.example")},
    {"idn-sharp-s", LIT("https://fa\xc3\x9f.example"),
     BOTH_NO(8, "write https://xn--fa-hia.example")},
    {"idn-second-label", LIT("https://a." BUECHER), BOTH_NO(8, "write https://a.xn--bcher-kva")},
    {"not-utf-8",
     LIT("https://b\xfc"
         "cher.example"),
     BOTH_NO(8, "outside ASCII")},
    {"utf-8-broken-off", LIT("https://a.example\xc3"), BOTH_NO(8, "outside ASCII")},
    {"utf-8-overlong", LIT("https://a\xc0\xaf.example"), BOTH_NO(8, "outside ASCII")},

    /* what the lax mode keeps as typed, and the strict mode refuses */
    {"scheme-upper", LIT("HTTPS://a.example"), STRICT_NO(0, "upper-case"), HTTPS("a.example")},
    {"scheme-mixed", LIT("hTTp://a.example:8080"), STRICT_NO(1, "upper-case"),
     HTTP_PORT("a.example", 8080)},
    {"host-upper", LIT("https://FINESSE.example:8445"), STRICT_NO(8, "upper-case"),
     HTTPS_PORT("FINESSE.example", 8445)},
    {"host-mixed", LIT("https://finesse.exAmple"), STRICT_NO(18, "upper-case"),
     HTTPS("finesse.exAmple")},
    {"default-port", LIT("https://a.example:443"), STRICT_NO(17, "default port"),
     HTTPS_PORT("a.example", 443)},
    {"default-port-http", LIT("http://a.example:80"), STRICT_NO(16, "default port"),
     HTTP_PORT("a.example", 80)},
    {"default-port-ipv6", LIT("https://[::1]:443"), STRICT_NO(13, "default port"),
     HTTPS_PORT("[::1]", 443)},
    {"default-port-of-the-other", LIT("https://a.example:80"), HTTPS_PORT("a.example", 80)},
    {"default-port-of-https", LIT("http://a.example:443"), HTTP_PORT("a.example", 443)},
};
const size_t origin_n_rows = COUNT(origin_rows);
