-- Questions that nobody has answered within their time: handoff query questions
-- --all-repos, of those that are open the ones past their deadline.
SELECT q.repo, q.id AS question, q."by", coalesce(q.asked, q."to") AS waits_for, q.ask, q.rounds, q.deadline,
  CAST(floor(date_part('epoch', r.read_at - q.deadline)) AS bigint) AS late_s
FROM handoff.questions q JOIN handoff.repos r ON r.repo = q.repo
WHERE q.open AND q.deadline < r.read_at
ORDER BY q.deadline, q.repo, q.id;
