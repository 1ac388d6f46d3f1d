package record

import (
	"sync"
	"time"
	_ "time/tzdata" // the zone must not depend on the machine's tzdata package
)

// Rome is the zone every civil date and clock time of the field refers to.
var Rome = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		panic("record: Europe/Rome is embedded yet cannot be loaded: " + err.Error())
	}
	return loc
})
