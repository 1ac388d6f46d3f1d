#include "packed.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { CONFIG_MEMSTATUS = 9, CONFIG_STATEMENT_JOURNAL = 26 };

// Nobody asks SQLite how much memory it has; counting takes a lock of the whole
// process at every allocation, for which entities side by side would wait. It can
// be said only before SQLite is first used.
__attribute__((constructor)) static void configure(void) {
	sqlite3_config(CONFIG_MEMSTATUS, 0);
	// What one statement changes of pages that its transaction has changed before is
	// kept to undo it alone. Once that was more than 64 KiB, which a row of three trees
	// can reach, SQLite keeps it in a file for the rest of the transaction, and every row
	// costs twice as much. It writes to that file in one go what it had in memory, which
	// it can of less than 128 KiB: with more allowed, a statement that goes beyond fails
	// as if the disk were full.
	sqlite3_config(CONFIG_STATEMENT_JOURNAL, 127 << 10);
#ifdef __GLIBC__
	// That memory is asked for by every row that a trigger follows. The C library would
	// give it back to the system each time, and the next row wait for empty pages: a
	// night's new receipts took four times as long.
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	// A goroutine is now on one thread, now on another, and what one frees the C
	// library keeps for that thread: the cache would be held several times over.
	mallopt(M_ARENA_MAX, 1);
#endif
}
