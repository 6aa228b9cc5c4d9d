// Package maelstrom is what the four steps share: a node for Maelstrom, on nothing but Go's standard library. Whoever
// knows Maelstrom's own library for Go finds its ways here.
package maelstrom

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"time"
)

// Body is what a message says. Numbers in it are float64, as encoding/json has them.
type Body map[string]any

// Handler handles the messages of a type and returns what its reply says besides `type`; nil for nothing.
type Handler func(src string, body Body) Body

// ErrTimeout is what RPC returns when no reply came in time.
var ErrTimeout = errors.New("no reply came in time")

type message struct {
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body Body   `json:"body"`
}

// Node reads messages, hands each to its handler in a goroutine of its own, and sends.
type Node struct {
	ID         string
	NodeIDs    []string
	handlers   map[string]Handler
	mutex      sync.Mutex // guards what is below
	neighbours []string
	waiting    map[int]chan Body
	count      int
}

// NewNode is a node that knows `init` and `topology`.
func NewNode() *Node {
	n := &Node{handlers: map[string]Handler{}, waiting: map[int]chan Body{}}
	n.On("topology", func(_ string, body Body) Body {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		n.neighbours = strings(body["topology"].(map[string]any)[n.ID])
		return nil
	})
	return n
}

// On names the function that handles messages of a type.
func (n *Node) On(kind string, handler Handler) { n.handlers[kind] = handler }

// Neighbours are the nodes that the topology puts beside this one.
func (n *Node) Neighbours() []string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.neighbours
}

// Send sends a message and forgets it.
func (n *Node) Send(dest string, body Body) {
	line, err := json.Marshal(message{n.ID, dest, body})
	if err != nil {
		log.Fatal(err)
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

// RPC sends a request and returns the reply, or ErrTimeout.
func (n *Node) RPC(dest string, body Body, timeout time.Duration) (Body, error) {
	reply := make(chan Body, 1)
	n.mutex.Lock()
	n.count++
	id := n.count
	n.waiting[id] = reply
	n.mutex.Unlock()
	defer func() {
		n.mutex.Lock()
		delete(n.waiting, id)
		n.mutex.Unlock()
	}()
	request := Body{"msg_id": id}
	for key, value := range body {
		request[key] = value
	}
	n.Send(dest, request)
	select {
	case answer := <-reply:
		return answer, nil
	case <-time.After(timeout):
		return nil, ErrTimeout
	}
}

// Run handles messages until standard input ends. Each of `background` runs in a goroutine from `init` on.
func (n *Node) Run(background ...func()) {
	lines := json.NewDecoder(os.Stdin)
	for {
		var m message
		if err := lines.Decode(&m); err == io.EOF {
			return
		} else if err != nil {
			log.Fatalf("this is no message: %v", err)
		}
		if id, ok := m.Body["in_reply_to"].(float64); ok {
			n.mutex.Lock()
			if reply, ok := n.waiting[int(id)]; ok {
				delete(n.waiting, int(id))
				reply <- m.Body
			}
			n.mutex.Unlock()
		} else if m.Body["type"] == "init" {
			// Before all others, because they need its names.
			n.ID = m.Body["node_id"].(string)
			n.NodeIDs = strings(m.Body["node_ids"])
			n.reply(m, nil)
			for _, begin := range background {
				go begin()
			}
		} else {
			go n.handle(m)
		}
	}
}

func (n *Node) handle(m message) {
	kind, _ := m.Body["type"].(string)
	if handler, ok := n.handlers[kind]; ok {
		n.reply(m, handler(m.Src, m.Body))
	} else {
		n.reply(m, Body{"type": "error", "code": 10, "text": fmt.Sprintf("no handler for %q", kind)})
	}
}

// reply answers a message that asks for it.
func (n *Node) reply(request message, more Body) {
	id, asks := request.Body["msg_id"]
	if !asks {
		return
	}
	body := Body{"type": fmt.Sprint(request.Body["type"], "_ok"), "in_reply_to": id}
	for key, value := range more {
		body[key] = value
	}
	n.Send(request.Src, body)
}

func strings(list any) []string {
	all := []string{}
	for _, each := range list.([]any) {
		all = append(all, each.(string))
	}
	return all
}
