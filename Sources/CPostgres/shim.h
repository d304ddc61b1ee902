// What the room Postgres needs of C.
#ifndef CPOSTGRES_SHIM_H
#define CPOSTGRES_SHIM_H

#include <libpq-fe.h>    // PostgreSQL's own client library, 14 or newer (pipeline mode)
#include <sys/epoll.h>   // one thread waits for all connections; Swift's Glibc module leaves epoll out
#include <sys/eventfd.h> // other threads wake it

// The fields of an error report: libpq has them as character literals, which Swift does not import.
enum {
    diagnostic_sqlstate = PG_DIAG_SQLSTATE,
    diagnostic_message = PG_DIAG_MESSAGE_PRIMARY,
    diagnostic_detail = PG_DIAG_MESSAGE_DETAIL,
    diagnostic_constraint = PG_DIAG_CONSTRAINT_NAME,
    diagnostic_table = PG_DIAG_TABLE_NAME,
    diagnostic_column = PG_DIAG_COLUMN_NAME,
};

#endif
