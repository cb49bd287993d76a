export function SignInPage() {
  return <div className="si" />;
}
