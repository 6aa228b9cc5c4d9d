// As races.py: counter, cas, early, copy and map.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"sync"
)

type object = map[string]any

var (
	race     = os.Args[1]
	total    float64
	values   sync.Map
	elements = map[float64]bool{}
	shelves  = map[int][]float64{}
	output   sync.Mutex
)

func reply(m object, body object) {
	request := m["body"].(object)
	if body["type"] == nil {
		body["type"] = request["type"].(string) + "_ok"
	}
	body["in_reply_to"] = request["msg_id"]
	line, _ := json.Marshal(object{"src": m["dest"], "dest": m["src"], "body": body})
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func fail(m object, code int) { reply(m, object{"type": "error", "code": code, "text": "no"}) }

func handle(m object) {
	body := m["body"].(object)
	switch body["type"] {
	case "add":
		seen := total
		log.Println("adding to", seen)
		total = seen + body["delta"].(float64)
		reply(m, object{})
	case "cas":
		value, found := values.Load(body["key"])
		if !found {
			fail(m, 20)
			return
		}
		if value != body["from"] {
			fail(m, 22)
			return
		}
		log.Println("key", body["key"], "has the value", value)
		values.Store(body["key"], body["to"])
		reply(m, object{})
	case "write":
		if race == "early" {
			reply(m, object{})
			log.Println("key", body["key"], "will be written")
			values.Store(body["key"], body["value"])
			return
		}
		values.Store(body["key"], body["value"])
		reply(m, object{})
	case "broadcast":
		if race == "map" {
			book := body["message"].(float64)
			shelf := int(book) % 2
			books := shelves[shelf]
			log.Println(len(books), "on shelf", shelf)
			shelves[shelf] = append(books[:len(books):len(books)], book)
			reply(m, object{})
			return
		}
		copied := map[float64]bool{body["message"].(float64): true}
		for each := range elements {
			copied[each] = true
		}
		log.Println(len(copied), "now")
		elements = copied
		reply(m, object{})
	case "read":
		if race == "counter" {
			reply(m, object{"value": total})
		} else if race == "cas" || race == "early" {
			value, found := values.Load(body["key"])
			if found {
				reply(m, object{"value": value})
			} else {
				fail(m, 20)
			}
		} else {
			messages := append(append([]float64{}, shelves[0]...), shelves[1]...)
			for each := range elements {
				messages = append(messages, each)
			}
			reply(m, object{"messages": messages})
		}
	default:
		reply(m, object{})
	}
}

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m object
		if err := json.Unmarshal(line, &m); err != nil {
			log.Fatal(err)
		}
		go handle(m)
	}
}
