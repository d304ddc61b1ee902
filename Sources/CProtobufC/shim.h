// libprotobuf-c: descriptors of the generated messages, which the gateway's transcoder walks.
#include <protobuf-c/protobuf-c.h>
