SET TimeZone = 'UTC';
BEGIN;
CREATE SCHEMA IF NOT EXISTS handoff;

CREATE OR REPLACE TABLE handoff.repos AS SELECT * FROM read_json('repos.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "directory": 'VARCHAR',
  "ref": 'VARCHAR',
  "head": 'VARCHAR',
  "read_at": 'TIMESTAMPTZ'
});
COMMENT ON TABLE handoff.repos IS 'repositories, and when each was read';
COMMENT ON COLUMN handoff.repos."repo" IS 'name: that of the directory, with as much of the path as tells it from others';
COMMENT ON COLUMN handoff.repos."directory" IS 'where it was read';
COMMENT ON COLUMN handoff.repos."ref" IS 'the branch that was checked out';
COMMENT ON COLUMN handoff.repos."head" IS 'its commit';
COMMENT ON COLUMN handoff.repos."read_at" IS 'when it was read: ages are counted from here, and whom something asks, what is late and in limbo is as of then';

CREATE OR REPLACE TABLE handoff.people AS SELECT * FROM read_json('people.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "team": 'VARCHAR',
  "zone": 'VARCHAR'
});
COMMENT ON TABLE handoff.people IS 'who writes records or is in the roster, by repository';
COMMENT ON COLUMN handoff.people."id" IS 'handle';
COMMENT ON COLUMN handoff.people."team" IS 'as the roster says, else their latest handoff';
COMMENT ON COLUMN handoff.people."zone" IS 'as the roster says';

CREATE OR REPLACE TABLE handoff.records AS SELECT * FROM read_json('records.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "kind": 'VARCHAR',
  "at": 'TIMESTAMPTZ',
  "by": 'VARCHAR',
  "to": 'VARCHAR[]',
  "about": 'VARCHAR',
  "says": 'VARCHAR',
  "record": 'JSON',
  "path": 'VARCHAR',
  "digest": 'VARCHAR',
  "commit": 'VARCHAR',
  "only_on": 'VARCHAR',
  "disputed": 'BOOLEAN',
  "unproven": 'BOOLEAN'
});
COMMENT ON TABLE handoff.records IS 'every record as it was written';
COMMENT ON COLUMN handoff.records."kind" IS 'handoff, ack, question, answer, resolution, decision, escalation, assignment, route, withdrawal, gap';
COMMENT ON COLUMN handoff.records."by" IS 'handle of the author';
COMMENT ON COLUMN handoff.records."to" IS 'whom it is addressed to';
COMMENT ON COLUMN handoff.records."about" IS 'a reference to what it is about';
COMMENT ON COLUMN handoff.records."says" IS 'what it says, in a sentence';
COMMENT ON COLUMN handoff.records."record" IS 'all that it says, with the keys of its file';
COMMENT ON COLUMN handoff.records."digest" IS 'sha256 of the file';
COMMENT ON COLUMN handoff.records."commit" IS 'a commit that has it, that of the load which brought the row: git show commit:path';
COMMENT ON COLUMN handoff.records."only_on" IS 'the foreign branch that alone has it';
COMMENT ON COLUMN handoff.records."disputed" IS 'another file has the same id and other content';
COMMENT ON COLUMN handoff.records."unproven" IS 'a verdict that only a squash merge has: nobody saw it given';

CREATE OR REPLACE TABLE handoff.handoffs AS SELECT * FROM read_json('handoffs.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "at": 'TIMESTAMPTZ',
  "by": 'VARCHAR',
  "team": 'VARCHAR',
  "zone": 'VARCHAR',
  "to": 'VARCHAR[]',
  "summary": 'VARCHAR',
  "state": 'VARCHAR',
  "severity": 'VARCHAR',
  "unacked": 'BOOLEAN',
  "late": 'BOOLEAN',
  "overdue": 'BOOLEAN',
  "limbo": 'BOOLEAN',
  "drifted": 'BOOLEAN',
  "partial": 'BOOLEAN',
  "escalated": 'BOOLEAN',
  "returns_at": 'TIMESTAMPTZ',
  "amends": 'VARCHAR',
  "first": 'VARCHAR',
  "superseded_by": 'VARCHAR',
  "rollup": 'VARCHAR',
  "items": 'VARCHAR[]',
  "taken": 'VARCHAR[]',
  "verdict": 'VARCHAR',
  "verdict_at": 'TIMESTAMPTZ',
  "unproven": 'BOOLEAN'
});
COMMENT ON TABLE handoff.handoffs IS 'every version of a handoff, and what became of it';
COMMENT ON COLUMN handoff.handoffs."id" IS 'of its record';
COMMENT ON COLUMN handoff.handoffs."by" IS 'the sender';
COMMENT ON COLUMN handoff.handoffs."team" IS 'of the sender then';
COMMENT ON COLUMN handoff.handoffs."zone" IS 'of the sender then';
COMMENT ON COLUMN handoff.handoffs."state" IS 'published, accepted, changes_requested, declined, superseded, closed, withdrawn';
COMMENT ON COLUMN handoff.handoffs."severity" IS 'of its gravest item';
COMMENT ON COLUMN handoff.handoffs."unacked" IS 'somebody else is asked for a verdict and has given none';
COMMENT ON COLUMN handoff.handoffs."late" IS 'published after the end of the shift';
COMMENT ON COLUMN handoff.handoffs."overdue" IS 'no verdict within the limit';
COMMENT ON COLUMN handoff.handoffs."limbo" IS 'no verdict in a whole shift of every receiver';
COMMENT ON COLUMN handoff.handoffs."drifted" IS 'the work moved before the verdict';
COMMENT ON COLUMN handoff.handoffs."partial" IS 'some of its items have been taken';
COMMENT ON COLUMN handoff.handoffs."returns_at" IS 'when the sender is back';
COMMENT ON COLUMN handoff.handoffs."amends" IS 'the version before';
COMMENT ON COLUMN handoff.handoffs."first" IS 'the first version, which names the chain';
COMMENT ON COLUMN handoff.handoffs."rollup" IS 'team, pod or org of a rollup';
COMMENT ON COLUMN handoff.handoffs."taken" IS 'items that somebody took from this version';
COMMENT ON COLUMN handoff.handoffs."verdict" IS 'id of the ack that led to the state';
COMMENT ON COLUMN handoff.handoffs."unproven" IS 'that of the verdict';

CREATE OR REPLACE TABLE handoff.chains AS SELECT * FROM read_json('chains.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "handoff": 'VARCHAR',
  "latest": 'VARCHAR',
  "at": 'TIMESTAMPTZ',
  "by": 'VARCHAR',
  "receivers": 'VARCHAR[]',
  "awaited": 'BOOLEAN',
  "accepted_by": 'VARCHAR',
  "accepted_at": 'TIMESTAMPTZ',
  "accept_s": 'BIGINT',
  "accept_working_s": 'BIGINT',
  "first_pass": 'BOOLEAN',
  "questions": 'BIGINT',
  "overdue": 'BOOLEAN',
  "limbo": 'BOOLEAN',
  "stalls": 'BIGINT',
  "unproven": 'BOOLEAN'
});
COMMENT ON TABLE handoff.chains IS 'handoffs with their amendments as one, as handoff stats counts them; those that were withdrawn, and rollups that stay in their zone, are left out';
COMMENT ON COLUMN handoff.chains."handoff" IS 'id of the first version';
COMMENT ON COLUMN handoff.chains."latest" IS 'id of the latest version';
COMMENT ON COLUMN handoff.chains."at" IS 'of the first version';
COMMENT ON COLUMN handoff.chains."receivers" IS 'handles, and groups that stand for nobody in the roster';
COMMENT ON COLUMN handoff.chains."awaited" IS 'it waits, or waited, for a verdict by somebody else';
COMMENT ON COLUMN handoff.chains."accept_s" IS 'seconds from the first version to the ack that satisfied the policy; null while it is open';
COMMENT ON COLUMN handoff.chains."accept_working_s" IS 'of those, on the clock of who gave it; null where their hours are not known';
COMMENT ON COLUMN handoff.chains."first_pass" IS 'the first verdict accepted, with nothing asked or amended before; null before one';
COMMENT ON COLUMN handoff.chains."questions" IS 'asked about it by others than the sender';
COMMENT ON COLUMN handoff.chains."overdue" IS 'a verdict came after its limit, or is late; null without a limit';
COMMENT ON COLUMN handoff.chains."limbo" IS 'nobody decided in a whole shift of every receiver';
COMMENT ON COLUMN handoff.chains."stalls" IS 'gaps that held work up';
COMMENT ON COLUMN handoff.chains."unproven" IS 'that of the ack';

CREATE OR REPLACE TABLE handoff.boundaries AS SELECT * FROM read_json('boundaries.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "handoff": 'VARCHAR',
  "by": 'VARCHAR',
  "from": 'VARCHAR',
  "to": 'VARCHAR'
});
COMMENT ON TABLE handoff.boundaries IS 'the boundaries that each chain crosses';
COMMENT ON COLUMN handoff.boundaries."handoff" IS 'of chains';
COMMENT ON COLUMN handoff.boundaries."by" IS 'team: two teams; zone: two zones, within a team; none: the same team on both sides';
COMMENT ON COLUMN handoff.boundaries."from" IS 'the side of the sender; empty where it is not known';

CREATE OR REPLACE TABLE handoff.items AS SELECT * FROM read_json('items.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "title": 'VARCHAR',
  "intent": 'VARCHAR',
  "live": 'BOOLEAN',
  "status": 'VARCHAR',
  "severity": 'VARCHAR',
  "state": 'VARCHAR',
  "holder": 'VARCHAR',
  "team": 'VARCHAR',
  "owner": 'VARCHAR',
  "offered_to": 'VARCHAR[]',
  "offered_at": 'TIMESTAMPTZ',
  "blocked_by": 'VARCHAR[]',
  "next": 'JSON',
  "due": 'TIMESTAMPTZ',
  "since": 'TIMESTAMPTZ',
  "first_at": 'TIMESTAMPTZ',
  "declared_at": 'TIMESTAMPTZ',
  "carried": 'BIGINT',
  "escalated": 'BOOLEAN',
  "closed_by": 'VARCHAR',
  "record": 'VARCHAR',
  "unproven": 'BOOLEAN'
});
COMMENT ON TABLE handoff.items IS 'items as they stand, closed ones included';
COMMENT ON COLUMN handoff.items."intent" IS 'why it is done';
COMMENT ON COLUMN handoff.items."live" IS 'neither shipped nor dropped nor continued under another name';
COMMENT ON COLUMN handoff.items."status" IS 'ready, in_progress, in_review, blocked, or how it was closed: shipped, dropped, continued';
COMMENT ON COLUMN handoff.items."severity" IS 'routine, watch, critical';
COMMENT ON COLUMN handoff.items."state" IS 'of a closed item, what was shipped or why it was dropped';
COMMENT ON COLUMN handoff.items."holder" IS 'the custodian, of a closed item the last one';
COMMENT ON COLUMN handoff.items."team" IS 'of the holder, as the roster says';
COMMENT ON COLUMN handoff.items."blocked_by" IS 'open blockers';
COMMENT ON COLUMN handoff.items."next" IS 'list of {do, owner, when}';
COMMENT ON COLUMN handoff.items."since" IS 'since when the holder holds it; of a closed item, when it was closed';
COMMENT ON COLUMN handoff.items."first_at" IS 'when it was named first';
COMMENT ON COLUMN handoff.items."declared_at" IS 'when it was declared last';
COMMENT ON COLUMN handoff.items."carried" IS 'declarations in a row with the same status';
COMMENT ON COLUMN handoff.items."closed_by" IS 'who closed it';
COMMENT ON COLUMN handoff.items."record" IS 'id of the record that says how it stands';
COMMENT ON COLUMN handoff.items."unproven" IS 'the ack that gave it to its holder is unproven';

CREATE OR REPLACE TABLE handoff.item_events AS SELECT * FROM read_json('item_events.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "item": 'VARCHAR',
  "record": 'VARCHAR',
  "kind": 'VARCHAR',
  "at": 'TIMESTAMPTZ',
  "by": 'VARCHAR',
  "status_before": 'VARCHAR',
  "status": 'VARCHAR',
  "holder_before": 'VARCHAR',
  "holder": 'VARCHAR',
  "offered_to": 'VARCHAR[]',
  "unproven": 'BOOLEAN'
});
COMMENT ON TABLE handoff.item_events IS 'what each record did to an item: a transfer is where the holder before is another one';
COMMENT ON COLUMN handoff.item_events."record" IS 'id of the record that did it';
COMMENT ON COLUMN handoff.item_events."kind" IS 'of the record';
COMMENT ON COLUMN handoff.item_events."status_before" IS 'null of an item that was not known';
COMMENT ON COLUMN handoff.item_events."holder_before" IS 'from whom a transfer is; null of an item that was not known';
COMMENT ON COLUMN handoff.item_events."holder" IS 'to whom it is';
COMMENT ON COLUMN handoff.item_events."offered_to" IS 'afterwards';
COMMENT ON COLUMN handoff.item_events."unproven" IS 'that of the record';

CREATE OR REPLACE TABLE handoff.blockers AS SELECT * FROM read_json('blockers.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "needs": 'VARCHAR',
  "because": 'VARCHAR',
  "type": 'VARCHAR',
  "severity": 'VARCHAR',
  "blocks": 'VARCHAR[]',
  "open": 'BOOLEAN',
  "state": 'VARCHAR',
  "declared_by": 'VARCHAR',
  "since": 'TIMESTAMPTZ',
  "opened_at": 'TIMESTAMPTZ',
  "reopened": 'BIGINT',
  "resolver": 'VARCHAR',
  "asked": 'VARCHAR',
  "asked_because": 'VARCHAR',
  "deadline": 'TIMESTAMPTZ',
  "needed_by": 'TIMESTAMPTZ',
  "workaround": 'VARCHAR',
  "acknowledged_by": 'VARCHAR',
  "acknowledged_at": 'TIMESTAMPTZ',
  "resolved_by": 'VARCHAR',
  "resolved_at": 'TIMESTAMPTZ',
  "how": 'VARCHAR',
  "escalated": 'BOOLEAN',
  "record": 'VARCHAR'
});
COMMENT ON TABLE handoff.blockers IS 'blockers as they stand, closed ones included';
COMMENT ON COLUMN handoff.blockers."type" IS 'decision, review, access, information, dependency, environment, approval, external';
COMMENT ON COLUMN handoff.blockers."blocks" IS 'items';
COMMENT ON COLUMN handoff.blockers."state" IS 'declared, routed, acknowledged, escalated, or how it ended';
COMMENT ON COLUMN handoff.blockers."since" IS 'its age counts from here';
COMMENT ON COLUMN handoff.blockers."opened_at" IS 'when it was declared, or again after it was closed';
COMMENT ON COLUMN handoff.blockers."reopened" IS 'how often';
COMMENT ON COLUMN handoff.blockers."resolver" IS 'a handle, or area:name';
COMMENT ON COLUMN handoff.blockers."asked" IS 'who is asked now; null once it is closed';
COMMENT ON COLUMN handoff.blockers."asked_because" IS 'primary, cover, alternate, ladder, escalated, taken, no_one_in_window';
COMMENT ON COLUMN handoff.blockers."deadline" IS 'of who is asked now, on their clock';
COMMENT ON COLUMN handoff.blockers."needed_by" IS 'as its sender says';
COMMENT ON COLUMN handoff.blockers."record" IS 'id of the record that says how it stands';

CREATE OR REPLACE TABLE handoff.questions AS SELECT * FROM read_json('questions.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "ask": 'VARCHAR',
  "by": 'VARCHAR',
  "to": 'VARCHAR',
  "about": 'VARCHAR',
  "blocks": 'VARCHAR[]',
  "open": 'BOOLEAN',
  "state": 'VARCHAR',
  "rounds": 'BIGINT',
  "asked_at": 'TIMESTAMPTZ',
  "asked": 'VARCHAR',
  "asked_because": 'VARCHAR',
  "deadline": 'TIMESTAMPTZ',
  "needed_by": 'TIMESTAMPTZ',
  "default_if_silent": 'VARCHAR',
  "answer": 'VARCHAR',
  "answered_by": 'VARCHAR',
  "answered_at": 'TIMESTAMPTZ',
  "escalated": 'BOOLEAN',
  "record": 'VARCHAR'
});
COMMENT ON TABLE handoff.questions IS 'questions as they stand, closed ones included';
COMMENT ON COLUMN handoff.questions."id" IS 'slug, or the id of its record';
COMMENT ON COLUMN handoff.questions."about" IS 'a reference';
COMMENT ON COLUMN handoff.questions."blocks" IS 'items that wait for the answer';
COMMENT ON COLUMN handoff.questions."open" IS 'it waits for an answer';
COMMENT ON COLUMN handoff.questions."state" IS 'open, answered, closed, withdrawn';
COMMENT ON COLUMN handoff.questions."rounds" IS 'how often it was asked';
COMMENT ON COLUMN handoff.questions."asked_at" IS 'in the last round';
COMMENT ON COLUMN handoff.questions."asked" IS 'who is asked now; null unless it is open';
COMMENT ON COLUMN handoff.questions."deadline" IS 'of who is asked now, on their clock';
COMMENT ON COLUMN handoff.questions."needed_by" IS 'as the asker says';
COMMENT ON COLUMN handoff.questions."answer" IS 'the latest';
COMMENT ON COLUMN handoff.questions."record" IS 'id of the record that asks';

CREATE OR REPLACE TABLE handoff.decisions AS SELECT * FROM read_json('decisions.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "record": 'VARCHAR',
  "nth": 'BIGINT',
  "decision": 'VARCHAR',
  "rationale": 'VARCHAR',
  "by": 'VARCHAR',
  "at": 'TIMESTAMPTZ',
  "status": 'VARCHAR',
  "supersedes": 'VARCHAR',
  "superseded_by": 'VARCHAR',
  "door": 'VARCHAR',
  "items": 'VARCHAR[]',
  "answers": 'VARCHAR',
  "source": 'VARCHAR'
});
COMMENT ON TABLE handoff.decisions IS 'every decision, replaced and rejected ones included';
COMMENT ON COLUMN handoff.decisions."id" IS 'the topic';
COMMENT ON COLUMN handoff.decisions."nth" IS '1, more where a record decides a topic more than once';
COMMENT ON COLUMN handoff.decisions."by" IS 'who decided';
COMMENT ON COLUMN handoff.decisions."status" IS 'proposed, accepted, superseded, reversed, rejected';
COMMENT ON COLUMN handoff.decisions."supersedes" IS 'a topic';
COMMENT ON COLUMN handoff.decisions."superseded_by" IS 'a topic';
COMMENT ON COLUMN handoff.decisions."door" IS 'two_way, one_way';
COMMENT ON COLUMN handoff.decisions."answers" IS 'a blocker or a question';
COMMENT ON COLUMN handoff.decisions."source" IS 'where it was said: git, chat, call, meeting, doc';

CREATE OR REPLACE TABLE handoff.acks AS SELECT * FROM read_json('acks.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "id": 'VARCHAR',
  "subject": 'VARCHAR',
  "subject_kind": 'VARCHAR',
  "subject_by": 'VARCHAR',
  "at": 'TIMESTAMPTZ',
  "by": 'VARCHAR',
  "outcome": 'VARCHAR',
  "verdict": 'BOOLEAN',
  "reason": 'VARCHAR',
  "take": 'VARCHAR[]',
  "gaps": 'BIGINT',
  "drift": 'BIGINT',
  "ack_s": 'BIGINT',
  "unproven": 'BOOLEAN'
});
COMMENT ON TABLE handoff.acks IS 'every verdict and receipt';
COMMENT ON COLUMN handoff.acks."id" IS 'of its record';
COMMENT ON COLUMN handoff.acks."subject" IS 'a reference';
COMMENT ON COLUMN handoff.acks."subject_kind" IS 'handoff, assignment, blocker …; null where nothing is known of it';
COMMENT ON COLUMN handoff.acks."subject_by" IS 'who waited for it';
COMMENT ON COLUMN handoff.acks."outcome" IS 'accepted, accepted_with_gaps, changes_requested, declined, seen';
COMMENT ON COLUMN handoff.acks."verdict" IS 'it led to the state of the handoff';
COMMENT ON COLUMN handoff.acks."take" IS 'items';
COMMENT ON COLUMN handoff.acks."gaps" IS 'that it names';
COMMENT ON COLUMN handoff.acks."drift" IS 'commits since the handoff; null where nobody counted';
COMMENT ON COLUMN handoff.acks."ack_s" IS 'seconds since its subject was asked for it';
COMMENT ON COLUMN handoff.acks."unproven" IS 'only a squash merge has it: nobody saw it given';

CREATE OR REPLACE TABLE handoff.deliveries AS SELECT * FROM read_json('deliveries.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "kind": 'VARCHAR',
  "subject": 'VARCHAR',
  "target": 'VARCHAR',
  "service": 'VARCHAR',
  "state": 'VARCHAR',
  "told": 'VARCHAR[]',
  "first_at": 'TIMESTAMPTZ',
  "sent_at": 'TIMESTAMPTZ',
  "tried_at": 'TIMESTAMPTZ',
  "url": 'VARCHAR'
});
COMMENT ON TABLE handoff.deliveries IS 'what was sent where beside git';
COMMENT ON COLUMN handoff.deliveries."kind" IS 'of the subject: handoff, blocker, question, decision';
COMMENT ON COLUMN handoff.deliveries."target" IS 'its name';
COMMENT ON COLUMN handoff.deliveries."service" IS 'github, slack, mail …';
COMMENT ON COLUMN handoff.deliveries."state" IS 'sent; in_doubt: it may have been sent; failed: it is certain that nothing arrived';
COMMENT ON COLUMN handoff.deliveries."told" IS 'whom the last message that arrived is for';
COMMENT ON COLUMN handoff.deliveries."first_at" IS 'when the first message had arrived';
COMMENT ON COLUMN handoff.deliveries."sent_at" IS 'when the last one had';
COMMENT ON COLUMN handoff.deliveries."tried_at" IS 'the last try of which nobody has said how it ended';

CREATE OR REPLACE TABLE handoff.closures AS SELECT * FROM read_json('closures.ndjson', format = 'newline_delimited', columns = {
  "repo": 'VARCHAR',
  "record": 'VARCHAR',
  "nth": 'BIGINT',
  "item": 'VARCHAR',
  "how": 'VARCHAR',
  "what": 'VARCHAR',
  "by": 'VARCHAR',
  "at": 'TIMESTAMPTZ',
  "refs": 'VARCHAR[]',
  "counts": 'BOOLEAN'
});
COMMENT ON TABLE handoff.closures IS 'what handoffs say was shipped or dropped';
COMMENT ON COLUMN handoff.closures."nth" IS 'its place in the record';
COMMENT ON COLUMN handoff.closures."item" IS 'null of work that never was an item';
COMMENT ON COLUMN handoff.closures."how" IS 'shipped, dropped';
COMMENT ON COLUMN handoff.closures."what" IS 'what was shipped, why it was dropped';
COMMENT ON COLUMN handoff.closures."refs" IS 'as type:id';
COMMENT ON COLUMN handoff.closures."counts" IS 'the item was closed so, or there is none and the record still speaks';
COMMIT;
