package history

// The tasks and actions of the coding agent. The project that it works on is a service for invoices in Python.

const coderPrompt = "You are a coding agent. Work in small steps: read before you edit, run the tests after each change, and stop when they pass. " +
	"Say in one or two sentences what you do next before you call a tool. Never edit files outside of the repository. Finish with a short summary for the reviewer."

// task is one task for the agent.
type task struct {
	ask   string
	files []string
	find  string // what it searches for
	plan  []string
	edit  [2]string // the line before and after
	done  string
}

var coderTasks = []task{
	{
		"Add a currency column to the invoices export", []string{"billing/export.py", "billing/models.py", "tests/test_export.py"}, "def export_rows",
		[]string{"I start with the export and its tests.", "The columns are a list at the top, and rows are made from it. One entry should be enough.", "The test compares the header, so it needs the new column too."},
		[2]string{`COLUMNS = ["number", "customer", "amount"]`, `COLUMNS = ["number", "customer", "amount", "currency"]`},
		"The export has a `currency` column now, filled from `Invoice.currency`. Old invoices without one are written as `EUR`, as the model's default says. The header test is updated.",
	},
	{
		"The nightly job sends reminders twice. Find out why and fix it", []string{"jobs/reminders.py", "jobs/schedule.py", "tests/test_reminders.py"}, "send_reminder",
		[]string{"I look at how the job is scheduled and how it decides whom to remind.", "Two workers pick up the same customer: the check and the update are two statements.", "A single UPDATE with a condition makes that atomic."},
		[2]string{`if not customer.reminded: send_reminder(customer)`, `if claim(customer): send_reminder(customer)`},
		"Both workers read `reminded` before either wrote it. `claim` now sets it in one statement and says whether it was the first. I added a test with two workers.",
	},
	{
		"Refactor the price rounding into one function", []string{"billing/rounding.py", "billing/totals.py", "billing/discounts.py"}, "round(",
		[]string{"First I need every call of `round` with money.", "There are three variants, and one rounds half to even. I check which one the tests expect.", "All of them move to `round_money`."},
		[2]string{`total = round(amount * rate, 2)`, `total = round_money(amount * rate)`},
		"`round_money` rounds half up to cents and is used in all seven places. The discount of 2.5 % was one cent too low before; its test is new.",
	},
	{
		"Upgrade the date parsing to accept ISO weeks", []string{"common/dates.py", "tests/test_dates.py"}, "def parse_date",
		[]string{"I read the parser and its tests.", "`fromisocalendar` does the arithmetic. Only the pattern is missing.", "I add the cases around New Year, which are the difficult ones."},
		[2]string{`PATTERNS = [DAY, MONTH]`, `PATTERNS = [DAY, MONTH, ISO_WEEK]`},
		"`parse_date` accepts `2026-W07` and `2026-W07-3`. Week 53 of a year that has only 52 is refused with a message that names the year.",
	},
	{
		"Speed up the customer search, it takes two seconds", []string{"customers/search.py", "customers/models.py", "migrations/0042_search.py"}, "ilike",
		[]string{"I look for the query first.", "It compares a lowered name with a leading wildcard, so no index can be used.", "A trigram index fits. I add it in a migration and keep the query."},
		[2]string{`Customer.name.ilike(f"%{text}%")`, `Customer.search.op("%")(text)`},
		"The search uses a trigram index now. On the copy of the production data it takes 40 ms instead of 2.1 s. The migration creates the index without a lock.",
	},
	{
		"Write tests for the VAT calculation", []string{"billing/vat.py", "tests/test_vat.py"}, "def vat",
		[]string{"Before I write tests I read what there is.", "Three cases are not covered: reverse charge, reduced rate, and credit notes.", "I write one table of cases instead of many functions."},
		[2]string{`def test_vat(): ...`, `@pytest.mark.parametrize("country, rate, want", CASES)`},
		"There are 14 cases now, among them reverse charge and credit notes. One of them found a bug: the reduced rate was applied to shipping.",
	},
	{
		"Replace the deprecated e-mail client", []string{"mail/client.py", "mail/templates.py", "tests/test_mail.py"}, "SmtpClient(",
		[]string{"I look up all users of the old client.", "The new one is asynchronous, so the calls need to be awaited. There are five.", "The templates stay as they are."},
		[2]string{`SmtpClient(HOST).send(message)`, `await mailer.send(message)`},
		"All five senders use the new client. The old one and its settings are gone. Failing sends are retried twice, as before.",
	},
	{
		"Fix the flaky test test_parallel_upload", []string{"uploads/store.py", "tests/test_upload.py"}, "test_parallel_upload",
		[]string{"I run the test a few times to see how it fails.", "It waits 0.1 seconds and hopes. The upload has an event that can be awaited.", "The fixture closes the store too early as well."},
		[2]string{`time.sleep(0.1)`, `upload.done.wait(5)`},
		"The test waits for the upload's own event and does not sleep any more. 200 runs in a row passed.",
	},
	{
		"Add a dry-run option to the import command", []string{"cli/importer.py", "tests/test_importer.py", "docs/import.md"}, "def import_file",
		[]string{"I read the command and where it writes.", "All writes go through one session, so it is enough not to commit it.", "The summary should say that nothing was written."},
		[2]string{`session.commit()`, `session.rollback() if dry_run else session.commit()`},
		"`import --dry-run` reads everything, reports what it would change and writes nothing. The manual has a paragraph on it.",
	},
	{
		"Show the customer's time zone in the invoice PDF", []string{"billing/pdf.py", "customers/models.py", "tests/test_pdf.py"}, "strftime",
		[]string{"The PDF formats the date in one function. I read that first.", "Customers have a time zone already; the PDF uses the server's.", "I pass it through and add it to the footer."},
		[2]string{`issued.strftime("%d %B %Y")`, `issued.astimezone(customer.zone).strftime("%d %B %Y %Z")`},
		"Invoices show the day in the customer's time zone, with its abbreviation. Customers without one keep UTC.",
	},
	{
		"Limit the API to 100 requests a minute per key", []string{"api/limits.py", "api/app.py", "tests/test_limits.py"}, "before_request",
		[]string{"I look at the hooks that the application has.", "A token bucket in the cache is enough; there is one cache for all workers.", "The answer should say when to try again."},
		[2]string{`app.before_request(authenticate)`, `app.before_request(authenticate, limit)`},
		"Each key has 100 requests a minute. After that the answer is 429 with `Retry-After`. The limit is a setting, and internal keys have none.",
	},
	{
		"Why does the dashboard show negative revenue for May?", []string{"reports/revenue.py", "billing/credit.py", "tests/test_revenue.py"}, "credit_note",
		[]string{"I look at how revenue is summed.", "Credit notes are subtracted in the month in which they were written, not in that of the invoice.", "I check with the accountants' definition in the docs before changing it."},
		[2]string{`month = note.created_month`, `month = note.invoice.month`},
		"In May many credit notes for April were written. They count for the invoice's month now, as the documentation defines it. May is positive again.",
	},
	{
		"Move the feature flags from the database to the settings file", []string{"flags/store.py", "flags/__init__.py", "tests/test_flags.py"}, "Flag.query",
		[]string{"I list the flags that are in use.", "Of eleven flags four are never read. I remove these first.", "The rest moves to the settings, with the same names."},
		[2]string{`Flag.query.filter_by(name=name).one()`, `settings.flags[name]`},
		"Seven flags moved to the settings file, four that nothing read are gone. The table is dropped in a migration of its own.",
	},
	{
		"Add an endpoint that returns the invoices of a customer as JSON", []string{"api/invoices.py", "api/schemas.py", "tests/test_api.py"}, "@app.get",
		[]string{"I read the neighbouring endpoints, to do it as they do.", "They use a schema and cursors. I do the same.", "Foreign customers must be answered with 404, not 403."},
		[2]string{`# invoices`, `@app.get("/customers/<id>/invoices")`},
		"`GET /customers/<id>/invoices` returns pages of 50 with a cursor. A customer of somebody else is a 404. It is in the API description.",
	},
	{
		"Translate the reminder mails to French", []string{"mail/templates.py", "locale/fr.po", "tests/test_mail.py"}, "gettext(",
		[]string{"I look at which texts are marked for translation.", "Two sentences are not marked. I do that first.", "Amounts need the French format."},
		[2]string{`"Your invoice is due"`, `_("Your invoice is due")`},
		"All texts of the reminder are marked and translated, amounts are written as 1 234,50 €. A native speaker should read the second reminder once.",
	},
	{
		"Remove the dead code in the shipping module", []string{"shipping/rates.py", "shipping/labels.py"}, "def ",
		[]string{"I look for functions that nothing calls.", "Six are unused, two of them only by their own tests.", "I remove them one by one and run the tests in between."},
		[2]string{`def rate_by_volume(parcel): ...`, ``},
		"Six functions and their tests are gone, 214 lines. Nothing outside of the module imported them.",
	},
}

// loopTask is the one on which the agent goes round in circles.
var loopTask = task{
	"Make the test suite run in parallel", []string{"tests/conftest.py", "pyproject.toml", "common/db.py"}, "create_engine",
	[]string{"I look at how the tests get their database.", "All workers use the same file. I try it with a timeout first.", "The lock is still there. I run the tests again."},
	[2]string{`engine = create_engine("sqlite:///test.db")`, `engine = create_engine("sqlite:///test.db", timeout=30)`},
	"",
}

// excuses are what the agent says while it repeats itself.
var excuses = []string{
	"The database is still locked. I run the tests again.", "This may be a matter of timing. I try once more.", "I raise the timeout and run the tests again.",
	"The same error. Another run may succeed.", "I wait for the lock and repeat the run.", "Still locked: one more try with the same settings.",
	"Perhaps another worker was slow. I repeat it.", "I run the tests again to see whether it is flaky.",
}

const lockedOutput = "FAILED tests/test_totals.py::test_discount - sqlite3.OperationalError: database is locked\n1 failed, 181 passed in 34.12s"

const gaveUp = "I could not make the tests pass: the database is locked in every run. I leave the timeout at 30 seconds. Please have a look at it."

var testOutputs = []string{
	"182 passed in 21.40s", "183 passed, 2 skipped in 22.07s", "191 passed in 24.81s", "........................................ [100%]\n186 passed in 19.95s",
}

var failingOutputs = []string{
	"FAILED tests/test_export.py::test_header - AssertionError: lists differ at index 3\n1 failed, 182 passed in 22.31s",
	"FAILED tests/test_api.py::test_pages - KeyError: 'next'\n1 failed, 184 passed in 20.06s",
	"ERROR tests/test_mail.py - ImportError: cannot import name 'SmtpClient'\n1 error in 2.11s",
	"FAILED tests/test_vat.py::test_vat[reduced] - assert Decimal('7.01') == Decimal('7.00')\n1 failed, 190 passed in 21.77s",
}

var afterFailure = []string{
	"One test fails, and it is right: I missed that case.", "That failure comes from my change. I fix it.", "The test expects the old behaviour, which the task changes. I update it.", "An import is left over. I remove it.",
}

var nextSteps = []string{"Next I change it.", "Now the edit.", "I make the change and run the tests.", "I read one more file before I touch anything.", "That is all I need to know.", "Let me check who calls it."}

// codeLines fill the files that the editor shows and the agent reads.
var codeLines = []string{
	"from decimal import Decimal", "from dataclasses import dataclass", "import logging", "", "log = logging.getLogger(__name__)", "", "@dataclass", "class Line:",
	"    article: str", "    count: int", "    price: Decimal", "", "    @property", "    def total(self) -> Decimal:", "        return self.count * self.price", "",
	"def totals(lines: list[Line]) -> Decimal:", "    return sum((line.total for line in lines), Decimal(0))", "", "def due(invoice, today):", "    days = (today - invoice.issued).days",
	"    return days > invoice.terms.days", "", "def overdue(invoices, today):", "    for invoice in invoices:", "        if invoice.paid is None and due(invoice, today):", "            yield invoice", "",
	"class Export:", "    def __init__(self, columns):", "        self.columns = columns", "", "    def rows(self, invoices):", "        for invoice in invoices:",
	"            yield [getattr(invoice, name) for name in self.columns]", "", "def retry(times, action):", "    for left in range(times, 0, -1):", "        try:", "            return action()",
	"        except ConnectionError:", "            log.warning('%d tries left', left - 1)", "    raise RuntimeError('no tries left')",
}
