/* mznode's checkers for C, and for every language that calls C: the library mznode_check.
 *
 *   mznode_verdict* verdict = mznode_check("list-append", text, strlen(text), "{\"consistency-models\": \"serializable\"}");
 *   if (mznode_verdict_valid(verdict) == MZNODE_FALSE) puts(mznode_verdict_explanation(verdict));
 *   mznode_verdict_free(verdict);
 *
 * Functions may be called from several threads at once, each with a verdict of its own. Texts are UTF-8, end with a NUL
 * and belong to the verdict, or to the library. What is here stays as it is; later versions add to it. */
#ifndef MZNODE_CHECK_H
#define MZNODE_CHECK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MZNODE_CHECK_VERSION 1

/* Of the library's symbols, those that are seen from outside. */
#define MZNODE_API __attribute__((visibility("default")))

typedef struct mznode_verdict mznode_verdict; /* NOLINT(modernize-use-using): this is C */

enum {
  MZNODE_TRUE = 0,
  MZNODE_FALSE = 1,
  /* Nothing can be said: nothing was to be judged, the history cannot be read, or a search was given up. */
  MZNODE_UNKNOWN = 2,
  /* The checker, an option or its value is not known, or the option is not one of the checker. */
  MZNODE_REFUSED = 3
};

/* The MZNODE_CHECK_VERSION that the library was built with. */
MZNODE_API int mznode_check_version(void);

/* All checkers, one a line: the name, a tab, and what it demands of a history. */
MZNODE_API const char* mznode_checkers(void);

/* All forms of histories that are read, one a line: the name, a tab, and who writes it. */
MZNODE_API const char* mznode_formats(void);

/* Judges the history of `size` bytes, in any of these forms, by the checker of this name. `options` is a JSON
 * object, or NULL for none; its keys are the options of `mznode check` without dashes before them:
 *   "consistency-models"   of transactions: names
 *   "assume"               of rw-register: names, of "wfr-keys", "sequential-keys" and "linearizable-keys"
 *   "transaction-order"    of rw-register, txn-rw-register: the field of completions whose numbers tell the order of the transactions
 *   "compat"               "jepsen", "jepsen-0.3.7" to "jepsen-0.3.13", "elle-0.2.2" to "elle-0.2.7"
 *   "complete"             of rw-register and txn-rw-register, without "compat": true: find every violation, or say
 *                          unknown
 *   "strict-null-reads"    of registers: true: a read of null says that nothing was written
 *   "initial-value"        of registers: what each one holds at the beginning
 *   "total-amount"         of a bank: an integer of 64 bits
 *   "accounts"             of a bank: names
 *   "negative-balances"    of a bank: true: an account may hold less than nothing
 *   "group-size"           of long-fork: how many keys each read shows, from 1 to 1048576
 *   "model"                of linearizable, which needs it: the name of the model, such as "queue"
 *   "permits"              of a semaphore: how many may hold it at a time, from 1 to 2^40
 *   "format"               a name of mznode_formats(); what the history looks like unless given
 *   "timeout", "memory"    what judging may take in all, from 0.001 seconds and from 1 to 1048576 MiB; beyond that it is
 *                          unknown. It then runs in a process of its own, a fork of the caller.
 *   "search-steps", "search-memory"  where a search is given up, from 1, and from 1 to 1048576 MiB
 *   "explain"              false: no words and no strongest models, which is quicker
 * Names are a list of texts, or one text with commas between them.
 * Returns NULL where memory has run out, and otherwise what mznode_verdict_free is to free. */
MZNODE_API mznode_verdict* mznode_check(const char* checker, const char* history, size_t size, const char* options);

/* Judges a history that a tool has stored as something else than one text, by its `form`:
 *   "cobra"   the logs of Cobra, one a session
 *   "dbcop"   dbcop's history.bincode alone, as it was before its history became JSON
 * There are `count` parts: `contents[i]` of `sizes[i]` bytes, by which `names[i]` stands in messages. All else is as
 * above; "format" is refused. */
MZNODE_API mznode_verdict* mznode_check_stored(const char* checker, const char* form, const char* const* names,
                                               const char* const* contents, const size_t* sizes, size_t count,
                                               const char* options);

/* One of the values above. */
MZNODE_API int mznode_verdict_valid(const mznode_verdict* verdict);
/* Why it is unknown or refused, or what is wrong, in a line; may be empty. */
MZNODE_API const char* mznode_verdict_error(const mznode_verdict* verdict);
/* What is wrong in words, in lines; may be empty. */
MZNODE_API const char* mznode_verdict_explanation(const mznode_verdict* verdict);
/* All that was found, as a JSON object with Jepsen's keys, such as "valid?" and "anomaly-types". */
MZNODE_API const char* mznode_verdict_json(const mznode_verdict* verdict);
/* NULL is allowed. */
MZNODE_API void mznode_verdict_free(mznode_verdict* verdict);

#ifdef __cplusplus
}
#endif

#endif
