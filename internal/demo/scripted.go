package demo

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// scripted is the built-in model: the same question always gets the same answer at the same speed, without network.
type scripted struct {
	thinking time.Duration // before the first token
	token    time.Duration // between tokens
}

func newScripted() *scripted {
	return &scripted{thinking: 700 * time.Millisecond, token: 40 * time.Millisecond}
}

func (*scripted) about() modelInfo {
	return modelInfo{Name: "scripted-1", Provider: "playhead-demo", Tools: shopTools}
}

// script is how the model answers one kind of question. The first script whose words match is used.
type script struct {
	asked *regexp.Regexp
	// tool is called before answering, with the first match of argument in the question.
	tool     string
	argument *regexp.Regexp
	thinking time.Duration // instead of the usual time
	failure  *modelError   // instead of an answer
	answer   string
}

var scripts = []script{
	{
		asked:   regexp.MustCompile(`(?i)\b(break|fail|error)\b`),
		failure: &modelError{http.StatusServiceUnavailable, "The model is overloaded. Try again in a moment."},
	},
	{asked: regexp.MustCompile(`(?i)\b(code|api|script|json)\b`), answer: codeAnswer},
	{
		asked: regexp.MustCompile(`(?i)\border\b`), tool: lookUpOrder, argument: regexp.MustCompile(`\d{3,}`),
		answer: orderAnswer,
	},
	{asked: regexp.MustCompile(`(?i)\b(slow|slowly|think)\b`), thinking: 6 * time.Second, answer: slowAnswer},
	{asked: regexp.MustCompile(`(?i)\b(pack|packing|list)\b`), answer: packingAnswer},
	{asked: regexp.MustCompile(`(?i)\b(compare|tents?|versus|vs)\b`), answer: compareAnswer},
	{asked: regexp.MustCompile(`(?i)^\W*(hi|hello|hey|good (morning|evening))\b`), answer: helloAnswer},
}

func (m *scripted) stream(ctx context.Context, conversation []message, onText func(string)) (completion, error) {
	began := time.Now()
	question := lastOf(conversation, "user")
	s := scriptFor(question)
	c := completion{Model: m.about().Name, ID: "chatcmpl-" + hex(question, len(conversation))}
	thinking := m.thinking
	if s.thinking > 0 {
		thinking = s.thinking
	}
	if err := wait(ctx, thinking); err != nil {
		return c, err
	}
	if s.failure != nil {
		return c, s.failure
	}
	prompt := 0
	for _, turn := range conversation {
		prompt += countTokens(turn.Content) + 4
	}
	if s.tool != "" && conversation[len(conversation)-1].Role != "tool" {
		number := s.argument.FindString(question)
		if number == "" {
			number = "4821"
		}
		arguments, err := json.Marshal(map[string]string{"order": number})
		if err != nil {
			return c, err
		}
		c.StopReason, c.ToolCalls = "tool_calls", []toolCall{{
			ID: "call_" + hex(question, len(conversation)), Type: "function",
			Function: functionCall{Name: s.tool, Arguments: string(arguments)},
		}}
		c.Usage = &usage{Prompt: prompt, Completion: 18, Total: prompt + 18}
		return c, nil
	}
	var said strings.Builder
	for i, piece := range pieces(s.answer) {
		if i == 0 {
			c.FirstToken = time.Since(began)
		} else if err := wait(ctx, m.token); err != nil {
			c.Text = said.String()
			return c, err
		}
		said.WriteString(piece)
		onText(piece)
	}
	c.Text, c.StopReason = said.String(), "stop"
	answered := countTokens(c.Text)
	c.Usage = &usage{Prompt: prompt, Completion: answered, Total: prompt + answered}
	return c, nil
}

func scriptFor(question string) script {
	for _, s := range scripts {
		if s.asked.MatchString(question) {
			return s
		}
	}
	h := fnv.New32a()
	h.Write([]byte(question))
	return script{answer: strings.ReplaceAll(otherAnswers[h.Sum32()%uint32(len(otherAnswers))], "{question}", quote(question))}
}

// quote makes a question fit into a sentence: one line of limited length.
func quote(question string) string {
	const most = 120
	line := []rune(strings.Join(strings.Fields(question), " "))
	if len(line) > most {
		line = append(line[:most], '…')
	}
	return string(line)
}

func lastOf(conversation []message, role string) string {
	for i := len(conversation) - 1; i >= 0; i-- {
		if conversation[i].Role == role {
			return conversation[i].Content
		}
	}
	return ""
}

// pieces cuts a text like a streaming model: word by word, each with the space before it.
func pieces(text string) []string { return piece.FindAllString(text, -1) }

var piece = regexp.MustCompile(`\s*\S+`)

// countTokens is the usual rule of thumb, four characters to a token.
func countTokens(text string) int { return (len(text) + 3) / 4 }

// hex is a short id that depends only on the question and the length of the conversation.
func hex(question string, turns int) string {
	h := fnv.New64a()
	h.Write([]byte(question))
	const digits = "0123456789abcdef"
	sum := h.Sum64() + uint64(turns)
	id := make([]byte, 16)
	for i := range id {
		id[i], sum = digits[sum&15], sum>>4
	}
	return string(id)
}
