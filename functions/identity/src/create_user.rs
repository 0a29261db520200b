//! Queue create-user: opens an account for somebody whom an operator vouches for.

use contracts::identity::CreateUser;
use identity::Identity;
use kernel::Result;
use messaging::{Received, on_command};
use web::{App, Function};

pub fn consumer() -> impl Function {
    on_command(handle)
}

async fn handle(app: App<Identity>, asked: Received<CreateUser>) -> Result<()> {
    app.create_user(&asked).await
}
