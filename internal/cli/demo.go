package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/demo"
	"github.com/playheadhq/playhead/internal/server"
)

// historyNote is the file in the data directory that records which history was sent.
const historyNote = "demo-history.json"

// runDemo runs a server and the demo's chat application, which uses it like any other application.
func runDemo(ctx context.Context, env environment, args []string) error {
	return withServer(ctx, env, "demo", args, func(ctx context.Context, s *server.Server, c *config.Config, logger *slog.Logger) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		stopped := make(chan error, 1)
		go func() {
			stopped <- s.Wait(ctx)
			stop()
		}()
		o := demo.Options{
			Listen:        c.AppListen,
			PlayheadURL:   s.URL(),
			Token:         s.Token(),
			OpenAIBaseURL: lookup(env, "OPENAI_BASE_URL"),
			OpenAIKey:     lookup(env, "OPENAI_API_KEY"),
			OpenAIModel:   lookup(env, "OPENAI_MODEL"),
			Logger:        logger,
			Ready: func(app string) {
				s.Describe(env.stdout)
				fmt.Fprintf(env.stdout, "The demo's chat is at\n\n  %s\n\n"+
					"Ask it something, then find your question in Playhead: its replay shows you typing it.\n\n", app)
			},
		}
		if c.History {
			o.History = filepath.Join(c.Data, historyNote)
		}
		told := progress{out: env.stdout, server: s.URL()}
		o.Changed = func(d demo.State) {
			shown := server.Demo{Chat: d.Chat, Sent: d.Sent, Problem: d.Problem, Finds: []server.Find{}}
			for _, f := range d.Finds {
				shown.Finds = append(shown.Finds, server.Find{Title: f.Title, Detail: f.Detail, Path: f.Path, Count: f.Count})
			}
			s.ShowDemo(shown)
			told.tell(d)
		}
		err := demo.Run(ctx, o)
		stop()
		var unusable *demo.ListenError
		if errors.As(err, &unusable) {
			return server.CannotListen(c.AppListen, "--app-listen", unusable.Cause)
		}
		if err != nil {
			return err
		}
		return <-stopped
	})
}

// progress prints the progress of the history, a line for each quarter, and at the end the things that are worth seeing.
type progress struct {
	out    io.Writer
	server string
	// quarters is how many quarters were printed; finds is true once the finds are printed.
	quarters int
	finds    bool
	began    time.Time // when sending began; zero if the history was sent at an earlier start
}

func (p *progress) tell(d demo.State) {
	if len(d.Finds) == 0 || d.Problem != "" || p.finds {
		return // the problem is in the log
	}
	if d.Sent < 1 {
		if p.began.IsZero() {
			p.began = time.Now()
		}
		if now := int(d.Sent * 4); p.quarters == 0 || now+1 > p.quarters {
			p.quarters = now + 1
			fmt.Fprintf(p.out, "Sending thirty days of made-up history: %d %%\n", 25*now)
		}
		return
	}
	p.finds = true
	took := ""
	if !p.began.IsZero() {
		took = fmt.Sprintf(", sent in %.1f s", time.Since(p.began).Seconds())
	}
	fmt.Fprintf(p.out, "Thirty days of made-up history are there%s. Three things in them are worth seeing:\n\n", took)
	for _, f := range d.Finds {
		fmt.Fprintf(p.out, "  %s\n  %s%s\n\n", f.Title, p.server, f.Path)
	}
}

func lookup(env environment, name string) string {
	for _, pair := range env.environ {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}
