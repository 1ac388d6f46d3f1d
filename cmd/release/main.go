// Command release writes what goes with a built program: its bill of materials
// (CycloneDX 1.5, JSON) and the licences of what is linked into it. Both follow from
// what the program says about itself, so they cannot tell of another one.
//
//	release -sbom FILE -licences FILE -version VERSION PROGRAM
package main

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
)

func main() {
	var sbom, licences, version string
	flag.StringVar(&sbom, "sbom", "", "file for the bill of materials")
	flag.StringVar(&licences, "licences", "", "file for the licences")
	flag.StringVar(&version, "version", "", "version of the program")
	flag.Parse()
	if flag.NArg() != 1 || sbom == "" || licences == "" || version == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), flag.Arg(0), version, sbom, licences); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, program, version, sbom, licences string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return fmt.Errorf("what %s is made of: %w", program, err)
	}
	slices.SortFunc(info.Deps, func(a, b *debug.Module) int { return cmp.Compare(a.Path, b.Path) })
	folders, err := foldersOf(ctx, info.Deps)
	if err != nil {
		return err
	}
	modules := make([]module, 0, len(info.Deps))
	for _, d := range info.Deps {
		if d.Replace != nil {
			return fmt.Errorf("%s is replaced by %s: what is released comes from where it says", d.Path, d.Replace.Path)
		}
		folder := folders[d.Path+"@"+d.Version]
		if folder == "" {
			return fmt.Errorf("%s %s is in the program and not in go.mod", d.Path, d.Version)
		}
		modules = append(modules, module{path: d.Path, version: d.Version, sum: d.Sum, folder: folder})
	}
	if err := writeSBOM(sbom, program, version, info, modules); err != nil {
		return err
	}
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("where Go is: %w", err)
	}
	std := module{path: "Go", version: info.GoVersion, folder: strings.TrimSpace(string(root))}
	return writeLicences(licences, append([]module{std}, modules...))
}

// module is something linked into the program, and where its sources are.
type module struct{ path, version, sum, folder string }

// foldersOf asks once where the sources of modules are.
func foldersOf(ctx context.Context, modules []*debug.Module) (map[string]string, error) {
	args := []string{"list", "-m", "-f", "{{.Path}}@{{.Version}} {{.Dir}}"}
	for _, m := range modules {
		args = append(args, m.Path)
	}
	out, err := exec.CommandContext(ctx, "go", args...).Output()
	if err != nil {
		return nil, fmt.Errorf("where the modules are: %w", err)
	}
	folders := make(map[string]string, len(modules))
	for line := range strings.Lines(string(out)) {
		name, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		folders[name] = folder
	}
	return folders, nil
}
