#!/usr/bin/perl
# Transcript tier, no root: ABOR. transfer.t has it in all kinds of transfers.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

truncate $server->file('large'), 1 << 30 or die "truncate: $!";
$server->file('file', 'content');
my $c = $server->connect;
$c->expect('ABOR', 530);
$c->login('alice');
$c->expect('ABOR x', 501);
$c->expect('ABOR', 225, undef, 'nothing to abort');
my $port = $c->pasv_port;
$c->expect('ABOR', 226, undef, 'a data connection was prepared');
ok(!$c->dial($port), 'and is closed');
$c->expect('RETR file', 425);
$c->port;
$c->expect('ABOR', 226);
$c->expect('RETR file', 425);

my $data = $c->pasv;
$c->expect('RETR large', 150);
$c->raw("ABOR\r\n");
$c->expect_reply(426, undef, 'a transfer: 426');
$c->expect_reply(226, undef, 'and 226');
my $got = length Inftpd::Test::Client::drain($data);
cmp_ok($got, '<', 1 << 30, 'it was cut');
is(($c->retr('file'))[0], 'content', 'and the session goes on');

# While the data connection is awaited.
$port = $c->pasv_port;
$c->expect('RETR file', 150);
$c->raw("ABOR\r\n");
$c->expect_reply(426);
$c->expect_reply(226);
ok(!$c->dial($port), 'the port is closed');
$c->expect('ABOR', 225);

# Behind what has to wait for the end of the transfer.
$data = $c->pasv;
$c->expect('RETR large', 150);
$c->raw("PWD\r\nABOR\r\nSYST\r\n");
$c->expect_reply($_) for 426, 257, 225, 215;
$c->quit;

# Who may not say it does not say it there, either.
$server->user('bob', cmds_denied => 'ABOR');
truncate $server->file('some'), 50 << 20 or die "truncate: $!";
$c = $server->login('bob');
$data = $c->pasv;
$c->expect('RETR some', 150);
$c->raw("PWD\r\nABOR\r\n");
is(length(Inftpd::Test::Client::drain($data)), 50 << 20, 'all of it comes');
$c->expect_reply($_) for 226, 257, 550;
$c->quit;
done_testing;
