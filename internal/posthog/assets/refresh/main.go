// Command refresh rebuilds the browser files of posthog-js that package posthog serves. It takes them from the npm package of the version in
// manifest.json, or of -version, which becomes the new version there. It needs npm. Every run gives the same bytes. With -check nothing is written, and
// a difference is an error.
//
//	go generate ./internal/posthog
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	kgzip "github.com/klauspost/compress/gzip"
)

// files are the files that browsers request from this server, without ".js". Two groups of the package's dist are left out: bundles that applications
// build in instead of loading them (module.*, main, no-external, slim, extension-bundles, rrweb, *-preview, customizations), because they would double
// the size that the files add to the binary; and toolbar.js, which the package does not have.
var files = []string{
	// The file that a page's snippet loads: the usual one, the one with all features, and the latter for old browsers.
	"array", "array.full", "array.full.es5",
	// Files that posthog-js loads itself when its configuration asks for them. The names are from its source.
	"lazy-recorder", "tracing-headers", "surveys", "dead-clicks-autocapture", "exception-autocapture", "product-tours",
	"conversations", "logs", "element-inference", "crisp-chat-integration", "intercom-integration",
	"web-vitals", "web-vitals-soft-navs", "web-vitals-with-attribution", "web-vitals-with-attribution-soft-navs",
	// A recorder that remote config may name, and the recorders that older versions request.
	"posthog-recorder", "recorder", "recorder-v2",
}

// older are the releases whose files earlier versions of posthog-js need. A page's own copy calls the functions of tracing-headers.js with the session
// manager alone before 1.254.0, with the distinct id in front of it before 1.257.2, and with the host names in front of both since then. With a file for
// other arguments it sends no headers, or a distinct id of "[object Object]".
var older = []release{
	{Version: "1.253.4", Before: "1.254.0", names: []string{"tracing-headers"}},
	{Version: "1.257.1", Before: "1.257.2", names: []string{"tracing-headers"}},
}

// manifest describes the committed files.
type manifest struct {
	Package string `json:"package"`
	release
	Older []release `json:"older"`
}

// release is a version of the package, and those of its files that are committed.
type release struct {
	Version string `json:"version"`
	// Before is the version before which clients get these files; "" for the newest release.
	Before string `json:"before,omitempty"`
	// Files has the SHA-256 of each uncompressed file. The files are byte for byte the package's own, because pages may pin their digests.
	Files map[string]string `json:"files"`
	names []string
}

func main() {
	dir := flag.String("dir", "assets", "the directory of manifest.json")
	version := flag.String("version", "", "the version to take; empty is the manifest's")
	check := flag.Bool("check", false, "compare instead of writing")
	flag.Parse()
	if err := run(*dir, *version, *check); err != nil {
		fmt.Fprintln(os.Stderr, "refresh:", err)
		os.Exit(1)
	}
}

func run(dir, version string, check bool) error {
	if version == "" {
		m, err := readManifest(dir)
		if err != nil {
			return fmt.Errorf("%w (name a -version to begin with)", err)
		}
		version = m.Version
	}
	want, err := build(version)
	if err != nil {
		return err
	}
	if check {
		return compare(dir, want)
	}
	old, err := filepath.Glob(filepath.Join(dir, "posthog-js", "*"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for name, data := range want {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func readManifest(dir string) (manifest, error) {
	var m manifest
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(b, &m)
}

// download gets the package through npm, which checks it against the registry's digest, and returns its files.
func download(version string) (map[string][]byte, error) {
	tmp, err := os.MkdirTemp("", "posthog-js-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", tmp, "posthog-js@"+version)
	cmd.Stderr = os.Stderr
	if _, err := cmd.Output(); err != nil {
		return nil, fmt.Errorf("npm pack posthog-js@%s: %w", version, err)
	}
	f, err := os.Open(filepath.Join(tmp, "posthog-js-"+version+".tgz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	pkg := map[string][]byte{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return pkg, nil
		}
		if err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(h.Name, "package/")
		if name == "LICENSE" || strings.HasPrefix(name, "dist/") && strings.HasSuffix(name, ".js") {
			if pkg[name], err = io.ReadAll(t); err != nil {
				return nil, err
			}
		}
	}
}

// build returns the files to commit, by path below the assets directory.
func build(version string) (map[string][]byte, error) {
	m := manifest{Package: "posthog-js", release: release{Version: version, names: files}, Older: slices.Clone(older)}
	out := map[string][]byte{}
	if err := m.add(out, ""); err != nil {
		return nil, err
	}
	for i := range m.Older {
		if err := m.Older[i].add(out, "-"+m.Older[i].Version); err != nil {
			return nil, err
		}
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	out["manifest.json"] = append(b, '\n')
	return out, nil
}

// add adds the files of a release, with a suffix after their names.
func (r *release) add(out map[string][]byte, suffix string) error {
	pkg, err := download(r.Version)
	if err != nil {
		return err
	}
	if suffix == "" {
		license, ok := pkg["LICENSE"]
		if !ok {
			return errors.New("the package has no LICENSE")
		}
		out["posthog-js/LICENSE"] = license
	}
	r.Files = map[string]string{}
	for _, name := range r.names {
		data, ok := pkg["dist/"+name+".js"]
		if !ok {
			return fmt.Errorf("posthog-js %s has no dist/%s.js", r.Version, name)
		}
		sum := sha256.Sum256(data)
		r.Files[name] = hex.EncodeToString(sum[:])
		var b bytes.Buffer
		// This compressor's version is pinned in go.mod. The gzip header has neither name nor time, so the output is reproducible.
		z, err := kgzip.NewWriterLevel(&b, kgzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(data); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		out["posthog-js/"+name+suffix+".js.gz"] = b.Bytes()
	}
	return nil
}

// compare reports every committed file that differs from the wanted one, is missing, or should not be there.
func compare(dir string, want map[string][]byte) error {
	var problems []string
	for name, data := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			problems = append(problems, err.Error())
		} else if !bytes.Equal(got, data) {
			problems = append(problems, name+" differs from what the package gives")
		}
	}
	have, err := filepath.Glob(filepath.Join(dir, "posthog-js", "*"))
	if err != nil {
		return err
	}
	for _, path := range have {
		if _, ok := want["posthog-js/"+filepath.Base(path)]; !ok {
			problems = append(problems, path+" should not be there")
		}
	}
	slices.Sort(problems)
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "\n"))
	}
	return nil
}
