// Command refresh rebuilds the browser files of posthog-js that capture serves, from the npm package of the version
// named in manifest.json (or -version, which then is the new one). It needs npm. The result is the same byte for byte on
// every run: with -check nothing is written, and a difference is an error.
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

// files are what browsers ask this server for, without ".js". Left out of the package's dist: bundles that applications
// build in rather than load (module.*, main, no-external, slim, extension-bundles, rrweb, *-preview, customizations), which
// would double the size of the binary's share, and toolbar.js, which the package does not have.
var files = []string{
	// What a page's snippet loads: the usual one, the one with all features inside, and that one for old browsers.
	"array", "array.full", "array.full.es5",
	// What posthog-js loads by itself when it is told to, by the names in its source.
	"lazy-recorder", "tracing-headers", "surveys", "dead-clicks-autocapture", "exception-autocapture", "product-tours",
	"conversations", "logs", "element-inference", "crisp-chat-integration", "intercom-integration",
	"web-vitals", "web-vitals-soft-navs", "web-vitals-with-attribution", "web-vitals-with-attribution-soft-navs",
	// A recorder that remote config may name, and those that older versions ask for.
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
	// Files has the SHA-256 of each file, which is the package's own to the last byte: pages may pin its digest.
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

// build makes the files to commit, by path below the assets' directory.
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

// add adds the files of a release, with a suffix behind their names.
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
		// Our own compressor, whose version go.mod pins; the header has neither name nor time.
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

// compare reports every committed file that is not what it should be.
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
