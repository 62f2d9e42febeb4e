package playhead

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config are the settings of a client. Host and Token are required.
type Config struct {
	// Host is the server's address: https://playhead.example.com.
	Host string
	// Token is the project's token, from the Setup page.
	Token string
	// HTTP sends events; nil means a client with a timeout of 30 s. Do not use a client whose Transport is this package's.
	HTTP *http.Client
	// Every is how long events are collected before they are sent, a second when zero.
	Every time.Duration
	// MaxEvents and MaxBytes limit the events that wait to be sent, 10,000 events and 64 MiB when zero. Beyond these limits new events are dropped.
	MaxEvents, MaxBytes int
	// MaxContent limits the prompt and the answer of one call, 4 MiB each when zero. Longer content is left out, and the event says so.
	MaxContent int
	// GiveUp is how long sending an event is retried, ten minutes when zero. Then the event is dropped.
	GiveUp time.Duration
	// Private leaves out prompts, answers and tools: events have only tokens, times, models and errors.
	Private bool
	// Logger receives a line when events are dropped; nil means slog.Default().
	Logger *slog.Logger
}

// Stats counts events since New.
type Stats struct {
	// Sent is the number of events that the server has stored.
	Sent int64
	// Dropped is the number of dropped events by reason: DroppedFull, DroppedRefused, DroppedTimeout, DroppedClosed, DroppedInvalid.
	Dropped map[string]int64
	// Waiting is the number of events that wait to be sent.
	Waiting int
}

// Reasons for dropping an event.
const (
	// DroppedFull: events are captured faster than they can be sent.
	DroppedFull = "full"
	// DroppedRefused: the server refused the event for good, because of the token or because of its content.
	DroppedRefused = "refused"
	// DroppedTimeout: sending the event failed for longer than Config.GiveUp.
	DroppedTimeout = "timeout"
	// DroppedClosed: the event was captured after Close, or the context of Close ended before it was sent.
	DroppedClosed = "closed"
	// DroppedInvalid: the event cannot be written as JSON.
	DroppedInvalid = "invalid"
)

// Client sends events. It is safe for concurrent use. Close it at the end of the program, which sends the waiting events.
type Client struct {
	config Config
	logger *slog.Logger
	now    func() time.Time

	// calls are recorded calls whose bodies are not read yet, and flushes between them.
	calls chan unread
	// events are the events that wait to be sent.
	events *queue
	// flushes tell the sender to send now.
	flushes chan chan struct{}
	stop    context.CancelFunc
	working sync.WaitGroup

	mu sync.Mutex
	// closing is true from the beginning of Close. closed is true after everything that was captured before Close was sent, or its context ended.
	closing, closed bool
	stats           Stats
	// told is when each reason was last logged.
	told map[string]time.Time
}

const (
	defaultEvery      = time.Second
	defaultMaxEvents  = 10_000
	defaultMaxBytes   = 64 << 20
	defaultMaxContent = 4 << 20
	defaultGiveUp     = 10 * time.Minute
	// waitingCalls is how many calls may wait to be read. Reading one takes microseconds to a few milliseconds.
	waitingCalls = 1024
	tellEvery    = time.Minute
)

// New starts a client. The error says what is missing or wrong in the config.
func New(c Config) (*Client, error) {
	c.Host = strings.TrimRight(c.Host, "/")
	switch {
	case c.Token == "":
		return nil, errors.New("playhead: the project token is missing: set Config.Token to the one on Playhead's Setup page")
	case !strings.HasPrefix(c.Host, "http://") && !strings.HasPrefix(c.Host, "https://"):
		return nil, fmt.Errorf("playhead: %q is not an address: set Config.Host to Playhead's, such as http://127.0.0.1:8000", c.Host)
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 30 * time.Second}
	}
	orElse(&c.Every, defaultEvery)
	orElse(&c.MaxEvents, defaultMaxEvents)
	orElse(&c.MaxBytes, defaultMaxBytes)
	orElse(&c.MaxContent, defaultMaxContent)
	orElse(&c.GiveUp, defaultGiveUp)
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	ctx, stop := context.WithCancel(context.Background())
	client := &Client{
		config: c, logger: c.Logger, now: time.Now, calls: make(chan unread, waitingCalls), events: newQueue(c.MaxEvents, c.MaxBytes),
		flushes: make(chan chan struct{}), stop: stop, stats: Stats{Dropped: map[string]int64{}}, told: map[string]time.Time{},
	}
	client.working.Go(func() { client.readCalls(ctx) })
	client.working.Go(func() { client.send(ctx) })
	return client, nil
}

func orElse[T int | time.Duration](v *T, usual T) {
	if *v <= 0 {
		*v = usual
	}
}

// Stats returns the counts so far.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Stats{Sent: c.stats.Sent, Dropped: map[string]int64{}, Waiting: c.events.len()}
	for reason, n := range c.stats.Dropped {
		s.Dropped[reason] = n
	}
	return s
}

// drop counts events that are not sent, and logs at most one line a minute for each reason.
func (c *Client) drop(reason string, n int, detail string) {
	if n == 0 {
		return
	}
	c.mu.Lock()
	c.stats.Dropped[reason] += int64(n)
	all, now := c.stats.Dropped[reason], c.now()
	tell := now.Sub(c.told[reason]) >= tellEvery
	if tell {
		c.told[reason] = now
	}
	c.mu.Unlock()
	if tell {
		c.logger.Warn("playhead: events were dropped", "reason", reason, "events", all, "detail", detail)
	}
}

// Flush sends everything captured before it, and returns when the server has stored it, when it was dropped, or when ctx ends.
func (c *Client) Flush(ctx context.Context) error {
	read := make(chan struct{})
	select {
	case c.calls <- unread{flush: read}:
	case <-ctx.Done():
		return fmt.Errorf("playhead: flush: %w", ctx.Err())
	}
	select {
	case <-read:
	case <-ctx.Done():
		return fmt.Errorf("playhead: flush: %w", ctx.Err())
	}
	done := make(chan struct{})
	select {
	case c.flushes <- done:
	case <-ctx.Done():
		return fmt.Errorf("playhead: flush: %w", ctx.Err())
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("playhead: flush: %w", ctx.Err())
	}
}

// Close flushes and ends the client. Events that are not sent when ctx ends are dropped, and so are later events. Calls through the Transport
// continue to work without being recorded.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	again := c.closing
	c.closing = true
	c.mu.Unlock()
	if again {
		return nil
	}
	err := c.Flush(ctx) // before it is closed: calls that have ended may not be read yet
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.stop()
	c.working.Wait()
	c.drop(DroppedClosed, len(c.events.take(c.config.MaxEvents, c.config.MaxBytes)), "the client was closed before they were sent")
	return err
}

func (c *Client) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}
