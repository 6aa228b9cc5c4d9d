// The node in Go with Maelstrom's own library.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
	"sync"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

func main() {
	wrong := len(os.Args) > 1 && os.Args[1] == "wrong"
	n := maelstrom.NewNode()
	var mutex sync.Mutex
	seen := map[int]bool{}
	pending := map[string]map[int]bool{}
	count := 0

	all := func(set map[int]bool) []int {
		list := []int{}
		for each := range set {
			list = append(list, each)
		}
		return list
	}
	peers := func(source string) []string {
		others := []string{}
		for _, each := range n.NodeIDs() {
			if each != n.ID() && each != source {
				others = append(others, each)
			}
		}
		return others
	}
	// tell sends messages to a peer until it has acknowledged them, or once when it is wrong.
	tell := func(peer string, messages []int) {
		n.RPC(peer, map[string]any{"type": "gossip", "messages": messages}, func(maelstrom.Message) error {
			mutex.Lock()
			defer mutex.Unlock()
			for _, each := range messages {
				delete(pending[peer], each)
			}
			return nil
		})
	}
	learn := func(messages []int, source string) {
		fresh := []int{}
		mutex.Lock()
		for _, each := range messages {
			if !seen[each] {
				seen[each] = true
				fresh = append(fresh, each)
			}
		}
		for _, peer := range peers(source) {
			if pending[peer] == nil {
				pending[peer] = map[int]bool{}
			}
			for _, each := range fresh {
				pending[peer][each] = !wrong
			}
		}
		mutex.Unlock()
		if len(fresh) > 0 {
			for _, peer := range peers(source) {
				tell(peer, fresh)
			}
		}
	}
	n.Handle("init", func(maelstrom.Message) error {
		if wrong {
			return nil
		}
		for _, peer := range peers("") {
			n.Send(peer, map[string]any{"type": "hello"})
		}
		go func() {
			for {
				time.Sleep(200 * time.Millisecond)
				for _, peer := range peers("") {
					mutex.Lock()
					messages := all(pending[peer])
					mutex.Unlock()
					if len(messages) > 0 {
						tell(peer, messages)
					}
				}
			}
		}()
		return nil
	})
	n.Handle("hello", func(m maelstrom.Message) error {
		mutex.Lock()
		defer mutex.Unlock()
		if pending[m.Src] == nil {
			pending[m.Src] = map[int]bool{}
		}
		for each := range seen {
			pending[m.Src][each] = true
		}
		return nil
	})
	n.Handle("echo", func(m maelstrom.Message) error {
		var body map[string]any
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		return n.Reply(m, map[string]any{"type": "echo_ok", "echo": body["echo"]})
	})
	n.Handle("generate", func(m maelstrom.Message) error {
		mutex.Lock()
		count++
		var id any = count
		mutex.Unlock()
		if !wrong {
			bytes := make([]byte, 8)
			rand.Read(bytes)
			id = hex.EncodeToString(bytes)
		}
		return n.Reply(m, map[string]any{"type": "generate_ok", "id": id})
	})
	n.Handle("broadcast", func(m maelstrom.Message) error {
		var body struct{ Message int }
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		learn([]int{body.Message}, "")
		return n.Reply(m, map[string]any{"type": "broadcast_ok"})
	})
	n.Handle("gossip", func(m maelstrom.Message) error {
		var body struct{ Messages []int }
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		learn(body.Messages, m.Src)
		return n.Reply(m, map[string]any{"type": "gossip_ok"})
	})
	n.Handle("read", func(m maelstrom.Message) error {
		mutex.Lock()
		messages := all(seen)
		mutex.Unlock()
		return n.Reply(m, map[string]any{"type": "read_ok", "messages": messages})
	})
	n.Handle("topology", func(m maelstrom.Message) error {
		return n.Reply(m, map[string]any{"type": "topology_ok"})
	})
	if err := n.Run(); err != nil {
		log.Fatal(err)
	}
}
