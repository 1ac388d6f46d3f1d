// The part of SQLite's C interface that is used here, which never changes, and
// what this package adds to it. SQLite itself is compiled into the driver.
#ifndef QUADRA_PACKED_H
#define QUADRA_PACKED_H

#include <stdint.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

// Weak, because the linker meets them only with the driver.
#define FROM_DRIVER __attribute__((weak))
extern int sqlite3_config(int, ...) FROM_DRIVER;
extern int sqlite3_prepare_v3(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **) FROM_DRIVER;
extern int sqlite3_finalize(sqlite3_stmt *) FROM_DRIVER;
extern int sqlite3_reset(sqlite3_stmt *) FROM_DRIVER;
extern int sqlite3_step(sqlite3_stmt *) FROM_DRIVER;
extern sqlite3_stmt *sqlite3_next_stmt(sqlite3 *, sqlite3_stmt *) FROM_DRIVER;
extern int sqlite3_stmt_busy(sqlite3_stmt *) FROM_DRIVER;
extern void sqlite3_interrupt(sqlite3 *) FROM_DRIVER;
extern int sqlite3_changes(sqlite3 *) FROM_DRIVER;
extern sqlite3 *sqlite3_db_handle(sqlite3_stmt *) FROM_DRIVER;
extern const char *sqlite3_errmsg(sqlite3 *) FROM_DRIVER;
extern int sqlite3_extended_errcode(sqlite3 *) FROM_DRIVER;
extern int sqlite3_clear_bindings(sqlite3_stmt *) FROM_DRIVER;
extern int sqlite3_bind_parameter_count(sqlite3_stmt *) FROM_DRIVER;
extern int sqlite3_bind_int64(sqlite3_stmt *, int, long long) FROM_DRIVER;
extern int sqlite3_bind_null(sqlite3_stmt *, int) FROM_DRIVER;
extern int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, void (*)(void *)) FROM_DRIVER;
extern int sqlite3_bind_blob(sqlite3_stmt *, int, const void *, int, void (*)(void *)) FROM_DRIVER;
extern int sqlite3_column_count(sqlite3_stmt *) FROM_DRIVER;
extern int sqlite3_column_type(sqlite3_stmt *, int) FROM_DRIVER;
extern long long sqlite3_column_int64(sqlite3_stmt *, int) FROM_DRIVER;
extern const unsigned char *sqlite3_column_text(sqlite3_stmt *, int) FROM_DRIVER;
extern const void *sqlite3_column_blob(sqlite3_stmt *, int) FROM_DRIVER;
extern int sqlite3_column_bytes(sqlite3_stmt *, int) FROM_DRIVER;

// A value: its tag, then of an integer the eight bytes, of a text or of bytes the
// length in four bytes and themselves, in the byte order of the machine.
enum { PACKED_NULL = 0, PACKED_INT = 1, PACKED_TEXT = 2, PACKED_BYTES = 3 };

int packed_bind(sqlite3_stmt *st, const unsigned char *row);
int packed_run(sqlite3_stmt *st, const unsigned char *rows, int64_t len, int64_t *changed, unsigned char *did);
int packed_read(sqlite3_stmt *st, unsigned char *into, int64_t room, int pending, int most, int64_t *used, int *rows);

#endif
