package cli

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/demo"
	"github.com/playheadhq/playhead/internal/server"
)

// runDemo runs a server and the demo's chat application, which uses it as any application does.
func runDemo(ctx context.Context, env environment, args []string) error {
	return withServer(ctx, env, "demo", args, func(ctx context.Context, s *server.Server, c *config.Config, logger *slog.Logger) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		stopped := make(chan error, 1)
		go func() {
			stopped <- s.Wait(ctx)
			stop()
		}()
		err := demo.Run(ctx, demo.Options{
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
		})
		stop()
		if err != nil {
			return err
		}
		return <-stopped
	})
}

func lookup(env environment, name string) string {
	for _, pair := range env.environ {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}
