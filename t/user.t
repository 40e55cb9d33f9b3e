#!/usr/bin/perl
# Transcript tier, no root: USER. The same 331 for every name, one user a
# session, userlist_file, no_anon_password.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect('USER', 501);
$c->expect('USER alice', 331, 'Please specify the password.');
$c->expect('USER nobody-knows-him', 331, 'Please specify the password.');
$c->expect('USER root', 331, 'Please specify the password.');
$c->expect('user anonymous', 331, 'Please specify the password.',
    'verbs in lower case');
$c->expect('USER ' . 'x' x 255, 331);
$c->expect('USER ' . 'x' x 256, 501, undef, 'a name of 256 bytes is refused');
$c->expect('PASS secret', 503, undef, 'and there is no user then');

# The last USER counts.
$c->expect('USER nobody-knows-him', 331);
$c->expect('USER alice', 331);
$c->expect('PASS secret', 230, 'Login successful.');
$c->expect('USER alice', 530, undef, 'USER after login gives 530');
$c->expect('USER other', 530);
$c->expect('PWD', 257, undef, 'and the session goes on');
$c->quit;

# Names that no account can have get the same words as any other.
for my $name ('../user.d/alice', '-rf', 'a:b', '..', "al\tice", 'alice.conf',
    'alice ') {
	$c = $server->connect;
	$c->expect("USER $name", 331);
	$c->expect('PASS secret', 530, 'Login incorrect.');
	$c->quit;
}

# userlist_file: the names in it are refused before any password is asked for.
$server = Inftpd::Test->new(conf => { userlist_enable => 'YES',
    userlist_file => '/nonexistent' }, users => {});
my $list = $server->file('list', "bob\n");
$server->write_conf('conf.d/list.conf', { userlist_file => $list });
$server->user('alice');
$server->user('bob');
$c = $server->connect;
$c->expect('USER bob', 530, undef, 'userlist_enable: a listed name');
$c->expect('PASS secret', 503);
$c->expect('USER alice', 331, undef, 'userlist_enable: another name');
$c->expect('PASS secret', 230);
$c->quit;
$server->write_conf('conf.d/list.conf',
    { userlist_file => $list, userlist_deny => 'NO' });
$c = $server->connect;
$c->expect('USER alice', 530, undef, 'userlist_deny=NO: a name not listed');
$c->expect('USER bob', 331, undef, 'userlist_deny=NO: a listed name');
$c->expect('PASS secret', 230);
$c->quit;

$server = Inftpd::Test->new(conf => { no_anon_password => 'YES' });
$c = $server->connect;
$c->expect('USER anonymous', 230, undef, 'no_anon_password: 230 at once');
$c->expect('PWD', 257);
$c->quit;

$server = Inftpd::Test->new(conf => { anonymous_enable => 'NO',
    no_anon_password => 'YES' });
$c = $server->connect;
$c->expect('USER anonymous', 331, undef, 'anonymous_enable=NO');
$c->expect('PASS me@example.org', 530);
$c->quit;
done_testing;
