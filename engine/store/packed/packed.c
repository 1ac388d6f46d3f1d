#include "packed.h"

#include <string.h>

enum { OK = 0, NOMEM = 7, MISUSE = 21, ROW = 100, DONE = 101, INTEGER_COLUMN = 1, BLOB_COLUMN = 4, NULL_COLUMN = 5 };

#define STAYS ((void (*)(void *))0)
#define COPIED ((void (*)(void *))-1)

// bind gives a statement the values of one row, and goes past them. texts
// says whether the texts stay where they are.
static int bind(sqlite3_stmt *st, const unsigned char **row, void (*texts)(void *)) {
	const unsigned char *p = *row;
	int columns = sqlite3_bind_parameter_count(st);
	for (int i = 1; i <= columns; i++) {
		int rc;
		int64_t n;
		int32_t size;
		switch (*p++) {
		case PACKED_NULL:
			rc = sqlite3_bind_null(st, i);
			break;
		case PACKED_INT:
			memcpy(&n, p, sizeof n);
			p += sizeof n;
			rc = sqlite3_bind_int64(st, i, n);
			break;
		case PACKED_TEXT:
			memcpy(&size, p, sizeof size);
			p += sizeof size;
			rc = sqlite3_bind_text(st, i, (const char *)p, size, texts);
			p += size;
			break;
		case PACKED_BYTES:
			memcpy(&size, p, sizeof size);
			p += sizeof size;
			rc = sqlite3_bind_blob(st, i, p, size, texts);
			p += size;
			break;
		default:
			return MISUSE;
		}
		if (rc != OK)
			return rc;
	}
	*row = p;
	return OK;
}

// packed_bind gives a statement the values of one row, which need not outlive it.
int packed_bind(sqlite3_stmt *st, const unsigned char *row) {
	return bind(st, &row, COPIED);
}

// packed_run runs a statement once per row, with the values of each in order, and
// says of each row, if did is there, whether it changed anything.
int packed_run(sqlite3_stmt *st, const unsigned char *rows, int64_t len, int64_t *changed, unsigned char *did) {
	sqlite3 *db = sqlite3_db_handle(st);
	const unsigned char *p = rows, *end = rows + len;
	int rc = OK;
	*changed = 0;
	while (p < end && rc == OK) {
		rc = bind(st, &p, STAYS);
		if (rc == OK && (rc = sqlite3_step(st)) == DONE) {
			int n = sqlite3_changes(db);
			*changed += n;
			if (did)
				*did++ = n > 0;
			rc = OK;
		} else if (rc == ROW) {
			rc = MISUSE;
		}
		sqlite3_reset(st);
	}
	sqlite3_clear_bindings(st);
	return rc;
}

// packed_read steps a statement and packs its rows until there are most of them,
// the room is used up or no row is left, which is DONE. A row that has no room
// stays the current one: the next call begins with it, pending.
int packed_read(sqlite3_stmt *st, unsigned char *into, int64_t room, int pending, int most, int64_t *used, int *rows) {
	int columns = sqlite3_column_count(st);
	unsigned char *p = into, *end = into + room;
	*used = 0;
	*rows = 0;
	while (*rows < most) {
		if (!pending) {
			int rc = sqlite3_step(st);
			if (rc != ROW)
				return rc;
		}
		pending = 0;
		for (int i = 0; i < columns; i++) {
			int type = sqlite3_column_type(st, i);
			if (type == NULL_COLUMN) {
				if (end - p < 1)
					return ROW;
				*p++ = PACKED_NULL;
			} else if (type == INTEGER_COLUMN) {
				int64_t n = sqlite3_column_int64(st, i);
				if (end - p < 1 + (int64_t)sizeof n)
					return ROW;
				*p++ = PACKED_INT;
				memcpy(p, &n, sizeof n);
				p += sizeof n;
			} else {
				const void *text = type == BLOB_COLUMN ? sqlite3_column_blob(st, i) : sqlite3_column_text(st, i);
				int32_t size = sqlite3_column_bytes(st, i);
				if (text == 0 && (size > 0 || type != BLOB_COLUMN)) // no bytes are no blob
					return NOMEM;
				if (end - p < 1 + (int64_t)sizeof size + size)
					return ROW;
				*p++ = type == BLOB_COLUMN ? PACKED_BYTES : PACKED_TEXT;
				memcpy(p, &size, sizeof size);
				p += sizeof size;
				if (size > 0)
					memcpy(p, text, size);
				p += size;
			}
		}
		*used = p - into;
		(*rows)++;
	}
	return OK;
}
