CREATE SCHEMA IF NOT EXISTS handoff;
COMMENT ON SCHEMA handoff IS 'the handoffs of many repositories, as handoff export --format postgres wrote them';

CREATE TABLE IF NOT EXISTS handoff.schema_version (version integer NOT NULL);
INSERT INTO handoff.schema_version SELECT 1 WHERE NOT EXISTS (SELECT FROM handoff.schema_version);

CREATE TABLE IF NOT EXISTS handoff.repos (
  "repo" text NOT NULL,
  "directory" text,
  "ref" text,
  "head" text,
  "read_at" timestamptz,
  PRIMARY KEY ("repo")
);
COMMENT ON TABLE handoff.repos IS 'repositories, and when each was read';
COMMENT ON COLUMN handoff.repos."repo" IS 'name: that of the directory, with as much of the path as tells it from others';
COMMENT ON COLUMN handoff.repos."directory" IS 'where it was read';
COMMENT ON COLUMN handoff.repos."ref" IS 'the branch that was checked out';
COMMENT ON COLUMN handoff.repos."head" IS 'its commit';
COMMENT ON COLUMN handoff.repos."read_at" IS 'when it was read: ages are counted from here, and whom something asks, what is late and in limbo is as of then';

CREATE TABLE IF NOT EXISTS handoff.people (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "team" text,
  "zone" text,
  PRIMARY KEY ("repo", "id")
);
COMMENT ON TABLE handoff.people IS 'who writes records or is in the roster, by repository';
COMMENT ON COLUMN handoff.people."id" IS 'handle';
COMMENT ON COLUMN handoff.people."team" IS 'as the roster says, else their latest handoff';
COMMENT ON COLUMN handoff.people."zone" IS 'as the roster says';

CREATE TABLE IF NOT EXISTS handoff.records (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "kind" text,
  "at" timestamptz,
  "by" text,
  "to" text[],
  "about" text,
  "says" text,
  "record" jsonb,
  "path" text,
  "digest" text,
  "commit" text,
  "only_on" text,
  "disputed" boolean,
  "unproven" boolean,
  "gone_at" timestamptz,
  PRIMARY KEY ("repo", "id")
);
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
COMMENT ON COLUMN handoff.records."gone_at" IS 'when a load found that the repository has it no more, as after a rewrite of its history; the other tables know nothing of it';

CREATE TABLE IF NOT EXISTS handoff.handoffs (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "at" timestamptz,
  "by" text,
  "team" text,
  "zone" text,
  "to" text[],
  "summary" text,
  "state" text,
  "severity" text,
  "unacked" boolean,
  "late" boolean,
  "overdue" boolean,
  "limbo" boolean,
  "drifted" boolean,
  "partial" boolean,
  "escalated" boolean,
  "returns_at" timestamptz,
  "amends" text,
  "first" text,
  "superseded_by" text,
  "rollup" text,
  "items" text[],
  "taken" text[],
  "verdict" text,
  "verdict_at" timestamptz,
  "unproven" boolean,
  PRIMARY KEY ("repo", "id")
);
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

CREATE TABLE IF NOT EXISTS handoff.chains (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "handoff" text NOT NULL,
  "latest" text,
  "at" timestamptz,
  "by" text,
  "receivers" text[],
  "awaited" boolean,
  "accepted_by" text,
  "accepted_at" timestamptz,
  "accept_s" bigint,
  "accept_working_s" bigint,
  "first_pass" boolean,
  "questions" bigint,
  "overdue" boolean,
  "limbo" boolean,
  "stalls" bigint,
  "unproven" boolean,
  PRIMARY KEY ("repo", "handoff")
);
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

CREATE TABLE IF NOT EXISTS handoff.boundaries (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "handoff" text NOT NULL,
  "by" text NOT NULL,
  "from" text NOT NULL,
  "to" text NOT NULL,
  PRIMARY KEY ("repo", "handoff", "by", "from", "to")
);
COMMENT ON TABLE handoff.boundaries IS 'the boundaries that each chain crosses';
COMMENT ON COLUMN handoff.boundaries."handoff" IS 'of chains';
COMMENT ON COLUMN handoff.boundaries."by" IS 'team: two teams; zone: two zones, within a team; none: the same team on both sides';
COMMENT ON COLUMN handoff.boundaries."from" IS 'the side of the sender; empty where it is not known';

CREATE TABLE IF NOT EXISTS handoff.items (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "title" text,
  "intent" text,
  "live" boolean,
  "status" text,
  "severity" text,
  "state" text,
  "holder" text,
  "team" text,
  "owner" text,
  "offered_to" text[],
  "offered_at" timestamptz,
  "blocked_by" text[],
  "next" jsonb,
  "due" timestamptz,
  "since" timestamptz,
  "first_at" timestamptz,
  "declared_at" timestamptz,
  "carried" bigint,
  "escalated" boolean,
  "closed_by" text,
  "record" text,
  "unproven" boolean,
  PRIMARY KEY ("repo", "id")
);
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

CREATE TABLE IF NOT EXISTS handoff.item_events (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "item" text NOT NULL,
  "record" text NOT NULL,
  "kind" text,
  "at" timestamptz,
  "by" text,
  "status_before" text,
  "status" text,
  "holder_before" text,
  "holder" text,
  "offered_to" text[],
  "unproven" boolean,
  PRIMARY KEY ("repo", "item", "record")
);
COMMENT ON TABLE handoff.item_events IS 'what each record did to an item: a transfer is where the holder before is another one';
COMMENT ON COLUMN handoff.item_events."record" IS 'id of the record that did it';
COMMENT ON COLUMN handoff.item_events."kind" IS 'of the record';
COMMENT ON COLUMN handoff.item_events."status_before" IS 'null of an item that was not known';
COMMENT ON COLUMN handoff.item_events."holder_before" IS 'from whom a transfer is; null of an item that was not known';
COMMENT ON COLUMN handoff.item_events."holder" IS 'to whom it is';
COMMENT ON COLUMN handoff.item_events."offered_to" IS 'afterwards';
COMMENT ON COLUMN handoff.item_events."unproven" IS 'that of the record';

CREATE TABLE IF NOT EXISTS handoff.blockers (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "needs" text,
  "because" text,
  "type" text,
  "severity" text,
  "blocks" text[],
  "open" boolean,
  "state" text,
  "declared_by" text,
  "since" timestamptz,
  "opened_at" timestamptz,
  "reopened" bigint,
  "resolver" text,
  "asked" text,
  "asked_because" text,
  "deadline" timestamptz,
  "needed_by" timestamptz,
  "workaround" text,
  "acknowledged_by" text,
  "acknowledged_at" timestamptz,
  "resolved_by" text,
  "resolved_at" timestamptz,
  "how" text,
  "escalated" boolean,
  "record" text,
  PRIMARY KEY ("repo", "id")
);
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

CREATE TABLE IF NOT EXISTS handoff.questions (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "ask" text,
  "by" text,
  "to" text,
  "about" text,
  "blocks" text[],
  "open" boolean,
  "state" text,
  "rounds" bigint,
  "asked_at" timestamptz,
  "asked" text,
  "asked_because" text,
  "deadline" timestamptz,
  "needed_by" timestamptz,
  "default_if_silent" text,
  "answer" text,
  "answered_by" text,
  "answered_at" timestamptz,
  "escalated" boolean,
  "record" text,
  PRIMARY KEY ("repo", "id")
);
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

CREATE TABLE IF NOT EXISTS handoff.decisions (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "record" text NOT NULL,
  "nth" bigint NOT NULL,
  "decision" text,
  "rationale" text,
  "by" text,
  "at" timestamptz,
  "status" text,
  "supersedes" text,
  "superseded_by" text,
  "door" text,
  "items" text[],
  "answers" text,
  "source" text,
  PRIMARY KEY ("repo", "id", "record", "nth")
);
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

CREATE TABLE IF NOT EXISTS handoff.acks (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "id" text NOT NULL,
  "subject" text,
  "subject_kind" text,
  "subject_by" text,
  "at" timestamptz,
  "by" text,
  "outcome" text,
  "verdict" boolean,
  "reason" text,
  "take" text[],
  "gaps" bigint,
  "drift" bigint,
  "ack_s" bigint,
  "unproven" boolean,
  PRIMARY KEY ("repo", "id")
);
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

CREATE TABLE IF NOT EXISTS handoff.deliveries (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "kind" text NOT NULL,
  "subject" text NOT NULL,
  "target" text NOT NULL,
  "service" text NOT NULL,
  "state" text,
  "told" text[],
  "first_at" timestamptz,
  "sent_at" timestamptz,
  "tried_at" timestamptz,
  "url" text,
  PRIMARY KEY ("repo", "kind", "subject", "target", "service")
);
COMMENT ON TABLE handoff.deliveries IS 'what was sent where beside git';
COMMENT ON COLUMN handoff.deliveries."kind" IS 'of the subject: handoff, blocker, question, decision';
COMMENT ON COLUMN handoff.deliveries."target" IS 'its name';
COMMENT ON COLUMN handoff.deliveries."service" IS 'github, slack, mail …';
COMMENT ON COLUMN handoff.deliveries."state" IS 'sent; in_doubt: it may have been sent; failed: it is certain that nothing arrived';
COMMENT ON COLUMN handoff.deliveries."told" IS 'whom the last message that arrived is for';
COMMENT ON COLUMN handoff.deliveries."first_at" IS 'when the first message had arrived';
COMMENT ON COLUMN handoff.deliveries."sent_at" IS 'when the last one had';
COMMENT ON COLUMN handoff.deliveries."tried_at" IS 'the last try of which nobody has said how it ended';

CREATE TABLE IF NOT EXISTS handoff.closures (
  "repo" text NOT NULL REFERENCES handoff.repos ON DELETE CASCADE,
  "record" text NOT NULL,
  "nth" bigint NOT NULL,
  "item" text,
  "how" text,
  "what" text,
  "by" text,
  "at" timestamptz,
  "refs" text[],
  "counts" boolean,
  PRIMARY KEY ("repo", "record", "nth")
);
COMMENT ON TABLE handoff.closures IS 'what handoffs say was shipped or dropped';
COMMENT ON COLUMN handoff.closures."nth" IS 'its place in the record';
COMMENT ON COLUMN handoff.closures."item" IS 'null of work that never was an item';
COMMENT ON COLUMN handoff.closures."how" IS 'shipped, dropped';
COMMENT ON COLUMN handoff.closures."what" IS 'what was shipped, why it was dropped';
COMMENT ON COLUMN handoff.closures."refs" IS 'as type:id';
COMMENT ON COLUMN handoff.closures."counts" IS 'the item was closed so, or there is none and the record still speaks';
