package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// disk is a tree of folders and files, in memory.
type disk struct {
	nodes []node // the first is the root; others are found through folders, or not at all
}

// node is a folder or a file, whatever its name.
type node struct {
	entries  map[string]int // of a folder: nodes by name; nil for a file
	data     []byte
	mode     fs.FileMode
	modified time.Time // zero: it does not matter
}

// clone copies everything that changes.
func (d *disk) clone() *disk {
	c := &disk{nodes: slices.Clone(d.nodes)}
	for i := range c.nodes {
		c.nodes[i].entries, c.nodes[i].data = maps.Clone(c.nodes[i].entries), slices.Clone(c.nodes[i].data)
	}
	return c
}

func (d *disk) add(n node) int {
	d.nodes = append(d.nodes, n)
	return len(d.nodes) - 1
}

// readDisk reads what is below a folder.
func readDisk(t *testing.T, dir string) *disk {
	t.Helper()
	d := &disk{}
	at := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		n := node{mode: info.Mode().Perm(), modified: info.ModTime()}
		if e.IsDir() {
			n.entries = map[string]int{}
		} else if n.data, err = os.ReadFile(path); err != nil {
			return err
		}
		at[path] = d.add(n)
		if path != dir {
			d.nodes[at[filepath.Dir(path)]].entries[e.Name()] = at[path]
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// write puts the disk in the place of what is below a folder.
func (d *disk) write(t *testing.T, dir string) {
	t.Helper()
	there, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range there {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	d.walk(0, dir, func(path string, n *node) {
		if n.entries != nil {
			err = os.MkdirAll(path, n.mode)
		} else if err = os.WriteFile(path, n.data, n.mode); err == nil && !n.modified.IsZero() {
			err = os.Chtimes(path, n.modified, n.modified)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

func (d *disk) walk(at int, path string, visit func(path string, n *node)) {
	n := &d.nodes[at]
	visit(path, n)
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		d.walk(n.entries[name], path+"/"+name, visit)
	}
}

// files are the contents by path.
func (d *disk) files() map[string]string {
	files := map[string]string{}
	d.walk(0, "", func(path string, n *node) {
		if n.entries == nil {
			files[path[1:]] = string(n.data)
		}
	})
	return files
}

// change is one thing done to a disk, or a wish that what was done be durable.
type change struct {
	kind       changeKind
	begin, end int // as of [sysCall]
	node       int // what is written, cut, linked, moved or made durable
	what       string

	off  int64 // of written bytes, or the new size of a cut file
	data []byte
	grow bool // the file is longer afterwards
	mode fs.FileMode

	// The entry that is made, removed, or moved to another; the same folder twice
	// where there is only one.
	folders [2]int
	names   [2]string
}

type changeKind int

const (
	changeWrite changeKind = iota
	changeSize
	changeMode
	changeLink
	changeUnlink
	changeMove     // replaces what has the name
	changeExchange // of two names
	changeSync
)

// ofFolder says whether it is entries of folders that change.
func (c *change) ofFolder() bool { return c.kind >= changeLink && c.kind <= changeExchange }

// apply does it to a disk.
func (d *disk) apply(c *change) {
	n := &d.nodes[c.node]
	switch c.kind {
	case changeWrite:
		if end := c.off + int64(len(c.data)); end > int64(len(n.data)) {
			n.data = append(n.data, make([]byte, end-int64(len(n.data)))...)
		}
		copy(n.data[c.off:], c.data)
		n.modified = time.Time{}
	case changeSize:
		if grown := c.off - int64(len(n.data)); grown > 0 {
			n.data = append(n.data, make([]byte, grown)...)
		}
		n.data = n.data[:c.off]
		n.modified = time.Time{}
	case changeMode:
		n.mode = c.mode
	case changeLink:
		d.nodes[c.folders[0]].entries[c.names[0]] = c.node
	case changeUnlink:
		delete(d.nodes[c.folders[0]].entries, c.names[0])
	case changeMove, changeExchange:
		from, to := d.nodes[c.folders[0]].entries, d.nodes[c.folders[1]].entries
		there := to[c.names[1]]
		to[c.names[1]] = from[c.names[0]]
		if c.kind == changeExchange {
			from[c.names[0]] = there
		} else {
			delete(from, c.names[0])
		}
	case changeSync:
	}
}

func (c *change) String() string {
	switch c.kind {
	case changeWrite:
		return fmt.Sprintf("%s: %d bytes at %d", c.what, len(c.data), c.off)
	case changeSize:
		return fmt.Sprintf("%s: cut at %d", c.what, c.off)
	case changeMode, changeLink, changeUnlink, changeMove, changeExchange, changeSync:
	}
	return c.what
}
