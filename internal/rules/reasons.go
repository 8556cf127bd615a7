package rules

import "strings"

// Reasons says why a rule is there, and what to write instead; "" for a code that no
// rule has.
func Reasons(code string) (why, cure string) {
	_, rest, _ := strings.Cut(reasons, "\n"+code+" ")
	line, _, _ := strings.Cut(rest, "\n")
	why, cure, _ = strings.Cut(line, " | ")
	return why, cure
}

// reasons has a line for each rule. It is one text, which nothing is made of before
// somebody asks.
const reasons = `
HO101 What a program does not know it skips, and what it says is lost. | Write the keys that handoff schema prints; a key of your own begins with x-.
HO102 Where nothing stands, nobody knows whether there was nothing, or nobody looked. | Say it, or say none: [] in a file, --none blockers on the command line.
HO103 Nobody can follow what nobody finds. | Write the name of something that is there: handoff query items lists items, the configuration people.
HO104 A time without its zone is another moment elsewhere. | Write 2026-11-21T09:00:00+08:00, or "mon 09:00", which is on your clock.
HO201 The receiver has to find out first what to do. | Write a verb and its object: "Get james's review of PR #1842".
HO202 It may be a step, a hope or a remark. | Begin with a verb, and say whose step it is: "sarah: decide on the session limit".
HO203 The status is known already; what is done and what is missing is not. | Write facts: "PR #1842 has 1 of 2 approvals, CI is green".
HO204 Tomorrow is another day for who reads it later, or elsewhere. | Write the date, or the time with its zone.
HO205 Whoever could help does not learn what with. | Write what is needed: "The session limit for the web, in minutes".
HO206 Who does not know the reason decides it again. | Write it behind two dashes: "Sessions last 15 minutes -- the audit asks for it".
HO207 The summary is all that a list or a message shows. | Write one sentence of at most 140 characters.
HO208 What is too long is not read. | Leave out what git says; put a long text into a document, and its place into details.
HO209 The receiver has to ask. | Say of each item where it stands and what comes next.
HO210 Without the reason, an item is finished to the letter and misses the point. | Say once why it is done, in intent; later handoffs inherit it.
HO211 The receiver cannot begin. | Add a step that can start now, or set the status to blocked and name the blocker.
HO212 Two people mean two things by done. | Add accept: what can be seen when it is done.
HO213 Nobody can tell whether it passes. | Name what can be observed: a command, a number, a reference.
HO214 What goes wrong does so when there is nobody to ask. | Add if_then: what may happen, and what to do then.
HO215 It cannot be undone, and one person alone would decide it. | Name in confirm_with who must agree first.
HO216 Without the cause, nobody finds another way. | Say in a sentence why it is stuck.
HO217 It is answered beside the point, or not at all. | Ask one thing, end with ?, say whom you ask and what they need to know.
HO301 Nobody can tell what still holds. | Say what has changed. If nothing has, name the item in unchanged, with the reason.
HO302 Work that nobody names is lost. | Declare it, or say that it is shipped, or dropped and why. --carry starts from what you hold.
HO303 Others wait for it without anybody at work on it. | List it again, or close it with handoff resolve.
HO304 It stays open, and nobody looks at it any more. | List it again, or say with --ended that it is over.
HO305 Others rely on its end. | Say in reopened why it goes on, or give the new work an id of its own.
HO306 Status and blockers say two things, and each reader believes one. | Name an open blocker in blocked_by, or set another status.
HO307 Either it does not block, or the work stands still. | Set the item to blocked, or say in workaround how it goes on.
HO308 Both cannot be true. | Correct the one that is not.
HO310 Two people do the same work without knowing. | Agree on one of them, or say in each item which part it is.
HO311 None of them can ever start. | Take out the dependency that is none.
HO313 What was agreed on is undone in passing. | Name the earlier decision in supersedes, or only propose the new one.
HO314 What was meant for a few days holds for ever. | Decide it, or replace it.
HO315 Two decisions on one thing drift apart. | Name the other one in supersedes, or in beside where both hold.
HO320 It would contradict what is recorded already. | See how it stands, with handoff show, and act on that.
HO401 What is everybody's is nobody's. | Name one person.
HO402 Each of them waits for the others. | Name the one who decides.
HO403 It blocks nothing but your own step. | Make it a next step of yours, or name who can remove it.
HO404 All of it waits for one person. | Give some of it to somebody else.
HO405 Each waits for the other. | Talk; one of the two acks.
HO406 It asks somebody who cannot answer. | Name who stands in, or correct authority in the configuration.
HO407 The other side needs it to begin, and you have agreed on that. | Fill the field; handoff query contracts lists what is required.
HO501 The receiver's shift is planned without it. | Declare before your shift ends. It is published all the same.
HO502 The receiver's shift went by without it. | Tell them in another way as well, and declare earlier the next time.
HO503 Whoever gets it cannot be done in time. | Move the date, say the effort, or raise it now with handoff escalate.
HO506 Nobody answers for days. | Name in cover who stands in, or give the item to somebody.
HO507 It waits unseen. | Address it to somebody who is there, or name who stands in.
HO601 The reader looks for what is not there. | Push the commit, or correct its hash.
HO602 The reader looks for what is not there. | Correct the path, which begins at the top of the repository.
HO603 Nobody but you can go on with it. | Push the branch, or say in known_issues what is only on your machine.
HO604 Others build on what nobody has checked. | Say in probe how it was checked, or call it unverified.
HO605 Others build on what they cannot see. | Refer to what shows it: a commit, a pull request, a command.
HO606 What was verified may be so no more. | Check it again before you build on it.
HO701 Nobody else has taken it. | Leave the ack to the receiver; what is to yourself can be acked on the next day.
HO702 It vouches for something else than what is there. | Run handoff sync, read what is there now, and ack that.
HO703 It says that something was read, and was faster than reading. | Read it, then ack.
HO704 A misunderstanding is dear there. | Say in your words what you have understood and what you do first: --readback.
HO705 A copy shows no understanding. | Say it in your own words.
HO706 It may be about something else. | Read the item again, and say what you do with it first.
HO707 So many cannot be read at once. | Ack them one at a time. Those that are only for information: handoff ack --all-seen.
HO708 The sender cannot act on it. | Say why: --reason, --gap or --exception.
HO709 Writing does not settle it. | Talk, then record the answer with --source call.
HO801 What was done is told to nobody. | Name what the commits have finished, or the items that they are of.
HO803 The form is filled in, and says nothing. | Replace it, or leave the field out.
HO804 It is taken for the old one. | Say what is new.
HO805 One of the two was not thought about. | Say of each what is its own.
HO806 It fills the field and says nothing. | Write the fact.
HO901 History keeps it, for everybody who can read it. | Take it out, and revoke it if it was ever committed. What is none passes with --allow-secret.
HO902 What somebody has acked is no longer what stands there. | Restore the file, and correct it with a new record: handoff declare --amend.
HO903 It is found under a wrong name, or not at all. | Let handoff write the files; handoff doctor says what to do.
HO904 Somebody may speak for somebody else. | Commit with your own identity, or add the address to people in the configuration.
HO905 A deadline could be met afterwards. | Set the clock right, and leave at to the program.
HO907 A terminal shows, or an agent does, what does not stand there. | Take out the characters that the finding names.
HO910 Two programs read two things. | Write plain YAML, each key once.
HO911 The rest of the text is lost. | Put the text in quotes.
`
