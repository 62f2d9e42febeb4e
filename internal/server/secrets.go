package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/disk"
)

const (
	tokenFile = "token"
	keyFile   = "cookie.key"
	keyBytes  = 32
)

// secrets come from the settings, or from files in the data directory.
type secrets struct {
	// projects are the projects of the server, each with at least one token.
	projects projects
	// key signs cookies and links for guests.
	key []byte
	// lasting is true if the key is still valid after a restart, and if other servers of a cluster have it, too.
	lasting bool
}

func loadSecrets(dir string, c *config.Config) (secrets, error) {
	s := secrets{projects: c.AllProjects()}
	for i := range s.projects {
		if len(s.projects[i].Tokens) > 0 { // only the default project may have no token
			continue
		}
		token, err := keep(filepath.Join(dir, tokenFile), func() string { return "phc_" + randomText(32) })
		if err != nil {
			return s, fmt.Errorf("project token: %w", err)
		}
		if owner, taken := s.projects.byToken()[token]; taken {
			return s, fmt.Errorf("the token that this server created for project %s, in %s, also belongs to project %s in the settings. Write it into the tokens of the project that should have it; if that is the second project, delete the file",
				s.projects[i].Name, filepath.Join(dir, tokenFile), owner)
		}
		s.projects[i].Tokens = []string{token}
	}
	switch {
	case c.CookieKey != "":
		s.key, s.lasting = []byte(c.CookieKey), true
		return s, nil
	case c.Clustered():
		// There is no sign-in (see checkShared): a node of a cluster stores nothing, and this key may change when the process ends.
		s.key = make([]byte, keyBytes)
		rand.Read(s.key)
		return s, nil
	}
	text, err := keep(filepath.Join(dir, keyFile), func() string { return randomText(keyBytes) })
	if err != nil {
		return s, fmt.Errorf("key of sign-ins: %w", err)
	}
	if s.key, err = base64.RawURLEncoding.DecodeString(text); err != nil || len(s.key) < keyBytes {
		return s, fmt.Errorf("%s does not contain a key: delete it (everybody then has to sign in again, and links that share traces stop working)", filepath.Join(dir, keyFile))
	}
	s.lasting = true
	return s, nil
}

func randomText(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// keep returns the text of a file that only this user can read, and creates it if it does not exist. After a crash the file is complete
// or does not exist.
func keep(path string, first func() string) (string, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		if line := strings.TrimSpace(string(text)); line != "" {
			return line, nil
		}
		return "", fmt.Errorf("%s is empty: write the value into it, or delete it to get a new one", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	value := first()
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }() // it does not exist after the rename
	_, err = f.WriteString(value + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return "", err
	}
	return value, disk.SyncDir(filepath.Dir(path))
}
