; Times Elle on histories of list-append, for comparison with check_bench: needs Elle and Jepsen's histories on the class
; path, as a jar of Maelstrom has them.
;
;   java -cp CLASSPATH clojure.main tests/bench/elle.clj history.edn…
(require '[clojure.edn :as edn] '[clojure.java.io :as io] '[elle.list-append :as la] '[jepsen.history :as h])

(defn read-history [file]
  (with-open [reader (java.io.PushbackReader. (io/reader file))]
    (h/history (vec (take-while #(not= % ::end) (repeatedly #(edn/read {:eof ::end} reader)))))))

(def system (java.lang.management.ManagementFactory/getOperatingSystemMXBean))
(defn cpu-ms [] (quot (.getProcessCpuTime system) 1000000))
(defn wall-ms [] (quot (System/nanoTime) 1000000))

; The first rounds warm the compiler up.
(doseq [file *command-line-args*, round (range 1 4)]
  (let [[cpu wall] [(cpu-ms) (wall-ms)]
        history (read-history file)
        read (- (wall-ms) wall)
        valid (:valid? (la/check {:consistency-models [:strict-serializable]} history))]
    (println file "round" round "valid" valid "read" read "ms, read and checked" (- (wall-ms) wall) "ms, CPU" (- (cpu-ms) cpu) "ms")
    (flush)))
(System/exit 0)
