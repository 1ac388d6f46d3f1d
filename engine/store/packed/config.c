#include "packed.h"

enum { CONFIG_MEMSTATUS = 9 };

// Nobody asks SQLite how much memory it has; counting takes a lock of the whole
// process at every allocation, for which entities side by side would wait. It can
// be said only before SQLite is first used.
__attribute__((constructor)) static void configure(void) {
	sqlite3_config(CONFIG_MEMSTATUS, 0);
}
