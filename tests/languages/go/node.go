// The node in Go with a goroutine a message, on the standard library. With the argument `flood` it tells its neighbours
// once, without acknowledgement.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log"
	mathrand "math/rand"
	"os"
	"sync"
	"time"
)

type body struct {
	Type      string          `json:"type"`
	MsgID     *int            `json:"msg_id,omitempty"`
	InReplyTo *int            `json:"in_reply_to,omitempty"`
	NodeID    string          `json:"node_id,omitempty"`
	NodeIDs   []string        `json:"node_ids,omitempty"`
	Echo      json.RawMessage `json:"echo,omitempty"`
	ID        any             `json:"id,omitempty"`
	Message   int             `json:"message,omitempty"`
	Messages  *[]int          `json:"messages,omitempty"`

	Topology map[string][]string `json:"topology,omitempty"`
}

type message struct {
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body body   `json:"body"`
}

var (
	flood   = len(os.Args) > 1 && os.Args[1] == "flood"
	wrong   = flood || len(os.Args) > 1 && os.Args[1] == "wrong"
	mutex   sync.Mutex
	me      string
	peers   []string
	seen    = map[int]bool{}
	pending = map[string]map[int]bool{}
	count   int
	output  sync.Mutex
)

func send(dest string, b body) {
	line, err := json.Marshal(message{me, dest, b})
	if err != nil {
		log.Fatal(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func keys(set map[int]bool) []int {
	all := []int{}
	for each := range set {
		all = append(all, each)
	}
	return all
}

func tellAgain() {
	for {
		time.Sleep(150*time.Millisecond + time.Duration(mathrand.Intn(100))*time.Millisecond)
		mutex.Lock()
		due := map[string][]int{}
		for peer, rest := range pending {
			if len(rest) > 0 {
				due[peer] = keys(rest)
			}
		}
		mutex.Unlock()
		for peer, messages := range due {
			list := messages
			send(peer, body{Type: "gossip", Messages: &list})
		}
	}
}

func learn(messages []int, source string) {
	mutex.Lock()
	fresh := []int{}
	for _, each := range messages {
		if !seen[each] {
			seen[each] = true
			fresh = append(fresh, each)
		}
	}
	for _, peer := range peers {
		for _, each := range fresh {
			if peer != source && !wrong {
				pending[peer][each] = true
			}
		}
	}
	mutex.Unlock()
	for _, peer := range peers {
		if peer != source && len(fresh) > 0 {
			send(peer, body{Type: "gossip", Messages: &fresh})
		}
	}
}

func handle(m message) {
	answer := body{Type: m.Body.Type + "_ok", InReplyTo: m.Body.MsgID}
	switch m.Body.Type {
	case "init":
		me = m.Body.NodeID
		mathrand.Seed(time.Now().UnixNano() + int64(os.Getpid()))
		for _, each := range m.Body.NodeIDs {
			if each != me {
				peers = append(peers, each)
				pending[each] = map[int]bool{}
			}
		}
		go tellAgain()
	case "topology":
		if flood {
			peers = m.Body.Topology[me]
		}
	case "echo":
		answer.Echo = m.Body.Echo
	case "generate":
		mutex.Lock()
		count++
		answer.ID = count
		mutex.Unlock()
		if !wrong {
			bytes := make([]byte, 8)
			rand.Read(bytes)
			answer.ID = hex.EncodeToString(bytes)
		}
	case "broadcast":
		learn([]int{m.Body.Message}, "")
	case "gossip":
		learn(*m.Body.Messages, m.Src)
		if flood {
			return
		}
		answer.Messages = m.Body.Messages
	case "gossip_ok":
		mutex.Lock()
		for _, each := range *m.Body.Messages {
			delete(pending[m.Src], each)
		}
		mutex.Unlock()
		return
	case "hello":
		mutex.Lock()
		for each := range seen {
			pending[m.Src][each] = true
		}
		mutex.Unlock()
		return
	case "read":
		mutex.Lock()
		all := keys(seen)
		mutex.Unlock()
		answer.Messages = &all
	}
	send(m.Src, answer)
	if m.Body.Type == "init" && !wrong {
		for _, peer := range peers {
			send(peer, body{Type: "hello"})
		}
	}
}

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			log.Fatal(err)
		}
		if m.Body.Type == "init" {
			handle(m)
		} else {
			go handle(m)
		}
	}
}
