CREATE TABLE conversation ( id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL UNIQUE, source TEXT NOT NULL, customer TEXT, origin TEXT NOT NULL, notes TEXT NOT NULL, saved_at TEXT NOT NULL, turns INTEGER NOT NULL, excerpt TEXT NOT NULL, peak REAL, label TEXT, spikes INTEGER NOT NULL, shift REAL, risk REAL, mood_ms REAL NOT NULL, unread TEXT NOT NULL DEFAULT '[]', recoveries TEXT NOT NULL DEFAULT '[]', vulnerable TEXT NOT NULL DEFAULT '[]', record TEXT NOT NULL DEFAULT 'null');
CREATE INDEX conversation_newest ON conversation (saved_at DESC, id DESC);
CREATE TABLE turn ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, i INTEGER NOT NULL, speaker TEXT NOT NULL, name TEXT, at TEXT, text TEXT NOT NULL, PRIMARY KEY (conversation_id, i)) WITHOUT ROWID;
CREATE TABLE reading ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, turn INTEGER NOT NULL, label TEXT NOT NULL, distress REAL NOT NULL, valence REAL NOT NULL, urgency REAL NOT NULL, scores TEXT NOT NULL, words TEXT NOT NULL, fine TEXT NOT NULL, corrected INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (conversation_id, turn)) WITHOUT ROWID;
CREATE TABLE spike ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, n INTEGER NOT NULL, turn INTEGER NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, distress REAL NOT NULL, rise REAL NOT NULL, trigger_turn INTEGER, evidence TEXT NOT NULL, nudge TEXT NOT NULL, cause TEXT NOT NULL DEFAULT '', PRIMARY KEY (conversation_id, n)) WITHOUT ROWID;
CREATE TABLE assist ( conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE, model TEXT NOT NULL, summary TEXT NOT NULL, actions TEXT NOT NULL, context TEXT NOT NULL, notes TEXT NOT NULL, first_token_ms REAL NOT NULL, ms REAL NOT NULL, tactic TEXT NOT NULL DEFAULT 'null');
CREATE TABLE suggestion ( conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, slot INTEGER NOT NULL, strategy TEXT NOT NULL, text TEXT NOT NULL, pillars TEXT NOT NULL, empathy REAL NOT NULL, grounding TEXT NOT NULL, outcome TEXT, outcome_text TEXT, outcome_at TEXT, source TEXT NOT NULL DEFAULT 'composed', PRIMARY KEY (conversation_id, slot)) WITHOUT ROWID;
CREATE TABLE search_text (conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE, text TEXT NOT NULL);
CREATE TABLE correction ( id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT, turn INTEGER NOT NULL, label TEXT NOT NULL, scores TEXT NOT NULL, distress REAL NOT NULL, at TEXT NOT NULL, UNIQUE (ref, turn));
CREATE TABLE choice ( id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL, turns INTEGER NOT NULL, slot INTEGER NOT NULL, features TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (ref, turns, slot));
INSERT INTO conversation VALUES (1, 'c1', 'plain', 'Anna Müller-Straße', 'live', '["The second line was left out."]', '2026-01-05T10:00:01.000000+00:00', 8, 'The quokka parcel never came.', 0.6714285714285714, 'anger', 1, -0.33, 0.66, 9.1, '[6]', '[{"turn":4,"since":2,"fall":0.2}]', '[{"turn":2,"kind":"illness","words":["in hospital"],"guidance":"Take your time."}]', '{"fields":[["plan","Gold"],["renewal","3 March"]]}');
INSERT INTO conversation VALUES (2, 'c2', 'plain', 'Anna Müller-Straße', 'live', '["The second line was left out."]', '2026-01-05T10:00:03.000000+00:00', 8, 'Zebrafish delivery 50%_off number 0 of c2', NULL, NULL, 0, NULL, NULL, 0.0, '[]', '[]', '[]', '{"fields":[["plan","Gold"],["renewal","3 March"]]}');
INSERT INTO turn VALUES (1, 0, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 0 of c1');
INSERT INTO turn VALUES (1, 1, 'agent', NULL, '2026-01-05T10:01:07.123456', 'Zebrafish delivery 50%_off
number 1 of c1');
INSERT INTO turn VALUES (1, 2, 'customer', 'Anna', '2026-01-05T10:02:00+05:30', 'Zebrafish delivery 50%_off
number 2 of c1');
INSERT INTO turn VALUES (1, 3, 'agent', NULL, NULL, 'Zebrafish delivery 50%_off
number 3 of c1');
INSERT INTO turn VALUES (1, 4, 'customer', 'Anna', '2026-01-05T10:04:07.123456', 'Zebrafish delivery 50%_off
number 4 of c1');
INSERT INTO turn VALUES (1, 5, 'agent', NULL, '2026-01-05T10:05:00+05:30', 'Zebrafish delivery 50%_off
number 5 of c1');
INSERT INTO turn VALUES (1, 6, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 6 of c1');
INSERT INTO turn VALUES (1, 7, 'agent', NULL, '2026-01-05T10:07:07.123456', 'Zebrafish delivery 50%_off
number 7 of c1');
INSERT INTO turn VALUES (2, 0, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 0 of c2');
INSERT INTO turn VALUES (2, 1, 'agent', NULL, '2026-01-05T10:01:07.123456', 'Zebrafish delivery 50%_off
number 1 of c2');
INSERT INTO turn VALUES (2, 2, 'customer', 'Anna', '2026-01-05T10:02:00+05:30', 'Zebrafish delivery 50%_off
number 2 of c2');
INSERT INTO turn VALUES (2, 3, 'agent', NULL, NULL, 'Zebrafish delivery 50%_off
number 3 of c2');
INSERT INTO turn VALUES (2, 4, 'customer', 'Anna', '2026-01-05T10:04:07.123456', 'Zebrafish delivery 50%_off
number 4 of c2');
INSERT INTO turn VALUES (2, 5, 'agent', NULL, '2026-01-05T10:05:00+05:30', 'Zebrafish delivery 50%_off
number 5 of c2');
INSERT INTO turn VALUES (2, 6, 'customer', 'Anna', NULL, 'Zebrafish delivery 50%_off
number 6 of c2');
INSERT INTO turn VALUES (2, 7, 'agent', NULL, '2026-01-05T10:07:07.123456', 'Zebrafish delivery 50%_off
number 7 of c2');
INSERT INTO reading VALUES (1, 0, 'confusion', 0.1, -0.62, 0.0, '{"anger":0.14285714285714285,"frustration":0.14285714285714285,"confusion":0.14285714285714285,"stress":0.14285714285714285,"sadness":0.14285714285714285,"satisfaction":0.14285714285714285,"neutral":0.14285714285714285}', '["Zebrafish"]', '{"anger":0.123456789}', 0);
INSERT INTO reading VALUES (1, 2, 'confusion', 0.3857142857142857, -0.62, 0.0, '{"anger":0.14285714285714285,"frustration":0.14285714285714285,"confusion":0.14285714285714285,"stress":0.14285714285714285,"sadness":0.14285714285714285,"satisfaction":0.14285714285714285,"neutral":0.14285714285714285}', '["Zebrafish"]', '{"anger":0.123456789}', 1);
INSERT INTO reading VALUES (1, 4, 'anger', 0.6714285714285714, -0.62, 0.0, '{"anger":0.14285714285714285,"frustration":0.14285714285714285,"confusion":0.14285714285714285,"stress":0.14285714285714285,"sadness":0.14285714285714285,"satisfaction":0.14285714285714285,"neutral":0.14285714285714285}', '["Zebrafish"]', '{"anger":0.123456789}', 0);
INSERT INTO spike VALUES (1, 0, 4, 'anger', 'high', 0.67, 0.41, NULL, '["Zebrafish","late"]', 'Say what happens next.', 'silence');
INSERT INTO assist VALUES (1, 'a-model', '{"issue":{"text":"The quokka parcel never came.","turns":[0,2]},"tried":[{"text":"Tracking was looked at.","turns":[1]}],"feeling":null,"wants":{"text":"A refund","turns":[6]},"open":[],"facts":[{"kind":"order_id","value":"A-48213","turn":0}]}', '[{"text":"Ask the carrier","why":"It is late","turns":[4]}]', '{"used":310,"limit":4096,"left_out":[7],"sections":2}', '["One turn did not fit."]', 240.5, 5900.0, '{"text":"Say back what went wrong","why":"They told it twice","turns":[4]}');
INSERT INTO suggestion VALUES (1, 0, 'Own it', 'Sorry, Anna.', '{"listen":"given","own":"missing"}', 0.81, '{"ok":false,"unsupported":["€20"]}', 'edited', 'Sorry, dear Anna.', '2026-01-05T10:00:02.000000+00:00', 'generated');
INSERT INTO suggestion VALUES (1, 1, 'Own it', 'I will look.', '{"listen":"given","own":"missing"}', 0.81, '{"ok":false,"unsupported":["€20"]}', NULL, NULL, NULL, 'generated');
INSERT INTO search_text VALUES (1, 'anna müller-strasse
zebrafish delivery 50%_off
number 0 of c1
zebrafish delivery 50%_off
number 1 of c1
zebrafish delivery 50%_off
number 2 of c1
zebrafish delivery 50%_off
number 3 of c1
zebrafish delivery 50%_off
number 4 of c1
zebrafish delivery 50%_off
number 5 of c1
zebrafish delivery 50%_off
number 6 of c1
zebrafish delivery 50%_off
number 7 of c1
the quokka parcel never came.
tracking was looked at.
a refund');
INSERT INTO search_text VALUES (2, 'anna müller-strasse
zebrafish delivery 50%_off
number 0 of c2
zebrafish delivery 50%_off
number 1 of c2
zebrafish delivery 50%_off
number 2 of c2
zebrafish delivery 50%_off
number 3 of c2
zebrafish delivery 50%_off
number 4 of c2
zebrafish delivery 50%_off
number 5 of c2
zebrafish delivery 50%_off
number 6 of c2
zebrafish delivery 50%_off
number 7 of c2');
INSERT INTO correction VALUES (1, 'c1', 2, 'frustration', '{"anger":0.1,"frustration":0.3333333333333333,"confusion":0.30000000000000004,"stress":0.1,"sadness":0.1,"satisfaction":0.1,"neutral":0.1}', 0.30000000000000004, '2026-01-05T10:00:04.000000+00:00');
INSERT INTO choice VALUES (1, 'c1', 8, 0, '["strategy:own","register:warm"]', 'copied', '2026-01-05T10:00:05.000000+00:00');
PRAGMA user_version = 3;
