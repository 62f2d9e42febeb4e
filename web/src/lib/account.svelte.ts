/** Whether this browser is signed in. Answers show it: only then do they depend on the cookie. */
class Account {
  signedIn = $state(false);

  note(answer: Response): void {
    if (!this.signedIn && /\bcookie\b/i.test(answer.headers.get("Vary") ?? "")) this.signedIn = true;
  }
}

export const account = new Account();
