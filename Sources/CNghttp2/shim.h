// The whole of libnghttp2's C interface (HTTP/2 framing, HPACK, flow control); only HTTP2Transport imports it.
#include <nghttp2/nghttp2.h>
