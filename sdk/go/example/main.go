// Command example is a chat backend that asks a model with the API of OpenAI. Each of its calls opens the recording of the browser that asked.
//
//	PLAYHEAD_HOST=http://127.0.0.1:8000 PLAYHEAD_TOKEN=phc_… OPENAI_BASE_URL=https://api.openai.com/v1 OPENAI_API_KEY=… go run ./example
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	playhead "github.com/playheadhq/playhead/sdk/go"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	client, err := playhead.New(playhead.Config{Host: os.Getenv("PLAYHEAD_HOST"), Token: os.Getenv("PLAYHEAD_TOKEN")})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /api/chat", chat(&http.Client{Transport: client.Transport(nil)}))
	listener, err := net.Listen("tcp", cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:8002"))
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	server := &http.Server{Handler: playhead.Middleware(mux)} // reads the headers that posthog-js adds
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return client.Close(last) // sends what waits
}

// chat passes a question on to the model, and its answer back as it comes.
func chat(models *http.Client) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct{ Conversation, Message string }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ctx, trace := playhead.NewTrace(r.Context(), "chat")
		trace.ConversationID = ask.Conversation
		ctx = playhead.WithTrace(ctx, trace)
		body, err := json.Marshal(map[string]any{
			"model": "gpt-5-mini", "stream": true, "stream_options": map[string]bool{"include_usage": true},
			"messages": []map[string]string{{"role": "user", "content": ask.Message}},
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("OPENAI_BASE_URL")+"/chat/completions", bytes.NewReader(body))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_API_KEY"))
		response, err := models.Do(request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = response.Body.Close() }()
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	})
}
