package auth

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/remote"
)

//go:embed login.html
var loginHTML string

var loginPage = template.Must(template.New("login").Parse(loginHTML))

type loginData struct {
	Link     string // the secret of the link
	Password bool   // a password is configured
	Next     string
	Error    string
}

// maxForm bounds the body of a sign-in.
const maxForm = 16 << 10

// Register adds the sign-in page.
func (g *Gate) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /login", g.showLogin)
	mux.HandleFunc("POST /login", g.login)
	mux.HandleFunc("POST /logout", g.logout)
}

// showLogin only shows the form. The button's POST uses up the link, so that a chat program that fetches addresses for previews does not.
func (g *Gate) showLogin(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if _, in := g.allowed(r); in || !g.o.Required {
		http.Redirect(w, r, local(q.Get("next")), http.StatusSeeOther)
		return
	}
	g.page(w, http.StatusOK, loginData{Link: q.Get("link"), Next: local(q.Get("next"))})
}

func (g *Gate) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		problem.Write(w, http.StatusBadRequest, "bad-form", "The form could not be read.")
		return
	}
	data := loginData{Next: local(r.PostFormValue("next"))}
	link, password := r.PostFormValue("link"), r.PostFormValue("password")
	switch {
	// A link cannot be guessed: its secret has 256 bits. So links need no delay, and work regardless of guesses.
	case link != "" && g.takeLink(link), link == "" && g.tryPassword(r, password):
		g.setCookie(w, g.sign(g.o.Now().Add(g.o.Lifetime)), g.o.Lifetime)
		w.Header().Set("Cache-Control", "no-store")
		g.o.Logger.Info("signed in", "client", remote.From(r).String(), "by_link", link != "")
		http.Redirect(w, r, data.Next, http.StatusSeeOther)
		return
	case link != "":
		data.Error = "This link was already used or has expired. Restart the server to get a new one"
		if g.o.Password != "" {
			data.Error += ", or use the password"
		}
		data.Error += "."
	default:
		data.Error = "This is not the password."
	}
	g.page(w, http.StatusUnauthorized, data)
}

func (g *Gate) logout(w http.ResponseWriter, r *http.Request) {
	g.setCookie(w, "", 0)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

func (g *Gate) page(w http.ResponseWriter, status int, data loginData) {
	data.Password = g.o.Password != ""
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the link is in the address
	w.WriteHeader(status)
	_ = loginPage.Execute(w, data) // an error means that the client disconnected
}

// local returns where to go after signing in: a path of this server, never another site.
func local(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(next, "/login") {
		return "/"
	}
	return next
}
